/* lock_page.h - a web page, as a loop that both locks can post to: copy it
   For Emscripten with -pthread, C and C++, and browsers with Atomics.waitAsync.
   Include it after a lock, in one file only. Call lock_page_open(p) in the main
   thread of the page; &p->base is then the loop for the locks. *p must live as
   long as the page: make it static.                                          */
#ifndef LOCK_PAGE_H
#define LOCK_PAGE_H
#include <emscripten.h>

struct lock_page {
    struct lock_loop base;            /* first, for post is given its address */
    struct lock_job *posted;          /* the latest one first */
};
/* Run `turn` once *posted is not 0: the page awaits it, and does not block. */
EM_JS(void, lock_page_await_, (void *posted, em_arg_callback_func turn,
                               void *page), {
    const wait = Atomics.waitAsync(HEAP32, posted >> 2, 0);
    const run = () => wasmTable.get(turn)(page);
    wait.async ? wait.value.then(run) : setTimeout(run);
})
static inline void lock_page_post(struct lock_loop *base, struct lock_job *job)
{
    struct lock_page *p = (struct lock_page *)(void *)base;
    struct lock_job *latest = __atomic_load_n(&p->posted, __ATOMIC_RELAXED);

    do
        job->next = latest;
    while (!__atomic_compare_exchange_n(&p->posted, &latest, job, true,
                                        __ATOMIC_RELEASE, __ATOMIC_RELAXED));
    __builtin_wasm_memory_atomic_notify((int *)(void *)&p->posted, 1);
}
static inline void lock_page_turn_(void *page)
{
    struct lock_page *p = (struct lock_page *)page;
    struct lock_job *job = NULL, *next, *latest = (struct lock_job *)
        __atomic_exchange_n(&p->posted, NULL, __ATOMIC_ACQUIRE);

    lock_page_await_(&p->posted, lock_page_turn_, page);
    for (; latest != NULL; latest = next) {     /* first in, first out */
        next = latest->next;
        latest->next = job;
        job = latest;
    }
    for (; job != NULL; job = next) {
        next = job->next;             /* once it runs, it may be gone */
        job->run(job);
    }
}
static inline void lock_page_open(struct lock_page *p)
{
    p->base.post = lock_page_post;
    lock_page_turn_(p);
}
#endif
