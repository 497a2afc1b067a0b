/* lock_uv.h - a libuv loop that both locks can post to: copy it
   Include it after a lock. Once lock_uv_init has returned 0, &l->base is the
   loop for the locks. To close it, cancel what waits, let what is posted run,
   and uv_close the handle l->wake, which keeps the loop alive until then.   */
#ifndef LOCK_UV_H
#define LOCK_UV_H
#include <stdatomic.h>
#include <uv.h>

struct lock_uv {
    struct lock_loop base;            /* first, for post is given its address */
    _Atomic(struct lock_job *) posted;    /* one a lock: their order is free */
    uv_async_t wake;
};
static void lock_uv_post(struct lock_loop *base, struct lock_job *job)
{
    struct lock_uv *l = (struct lock_uv *)(void *)base;
    struct lock_job *other = atomic_load(&l->posted);

    do
        job->next = other;
    while (!atomic_compare_exchange_weak(&l->posted, &other, job));
    uv_async_send(&l->wake);
}
static void lock_uv_run(uv_async_t *wake)
{
    struct lock_uv *l = wake->data;
    struct lock_job *job = atomic_exchange(&l->posted, NULL), *next;

    for (; job != NULL; job = next) {
        next = job->next;             /* once it runs, it may be gone */
        job->run(job);
    }
}
static inline int lock_uv_init(struct lock_uv *l, uv_loop_t *loop)
{
    *l = (struct lock_uv){.base = {lock_uv_post}, .wake = {.data = l}};
    return uv_async_init(loop, &l->wake, lock_uv_run);
}
#endif
