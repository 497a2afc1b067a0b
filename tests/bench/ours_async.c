/* Our locks, as contestants for one event loop. Built three times: for
   async_lock.h with a loop and (NO_LOOP) without one, and (DUAL) for lock.h. */
#ifdef DUAL
#define THREAD_LOCK_STATIC
#include "lock.h"
#define NAME "lock.h async"
#define LOCK struct thread_lock
#define WAITER struct thread_lock_waiter
#define ACQUIRE(l, w, fn, arg) \
    thread_lock_acquire_async(l, w, &loop.base, fn, arg)
#define RELEASE thread_lock_release
#define CANCEL thread_lock_cancel
#define INIT(l) (*(l) = (struct thread_lock)THREAD_LOCK_INIT)
#else
#define ASYNC_LOCK_STATIC
#include "async_lock.h"
#define LOCK struct async_lock
#define WAITER struct async_lock_waiter
#define ACQUIRE async_lock_acquire
#define RELEASE async_lock_release
#define CANCEL async_lock_cancel
#ifdef NO_LOOP
#define NAME "async_lock.h, no loop"
#define INIT(l) async_lock_init(l, NULL)
#else
#define NAME "async_lock.h"
#define INIT(l) async_lock_init(l, &loop.base)
#endif
#endif

#include "bench.h"
#include <stdlib.h>

/* The least that a loop can be: first in, first out, for one thread. */
static struct loop {
    struct lock_loop base;
    struct lock_job *first, **end;
} loop;

static LOCK lock;
static long served;

static void post(struct lock_loop *base, struct lock_job *job)
{
    (void)base;
    job->next = NULL;
    *loop.end = job;
    loop.end = &job->next;
}

static void run_loop(void)
{
    struct lock_job *job;

    while ((job = loop.first) != NULL) {
        if ((loop.first = job->next) == NULL)
            loop.end = &loop.first;
        job->run(job);
    }
}

static void serve(void *arg, enum lock_error result)
{
    (void)arg;
    served += result == LOCK_EOK;
    RELEASE(&lock);
}

static WAITER *start_over(long waiters)
{
    loop.base.post = post;
    loop.first = NULL;
    loop.end = &loop.first;
    served = 0;
    INIT(&lock);
    return calloc((size_t)waiters, sizeof(WAITER));
}

static void queue(WAITER *w, long n)
{
    long i;

    ACQUIRE(&lock, &w[0], serve, NULL);
    for (i = 0; i < n; i++)
        ACQUIRE(&lock, &w[i], serve, NULL);
}

static double ours_uncontended(long pairs)
{
    WAITER *w = start_over(1);
    const int64_t start = now_ns();
    long i;

    for (i = 0; i < pairs; i++) {
        ACQUIRE(&lock, w, serve, NULL);
        RELEASE(&lock);
        __asm__ volatile("" ::: "memory");
    }
    free(w);
    return (double)(now_ns() - start) / (double)pairs;
}

static double ours_hand_over(long waiters, long times)
{
    WAITER *w = start_over(waiters);
    const int64_t start = now_ns();
    int64_t took;
    long i;

    for (i = 0; i < times; i++) {
        queue(w, waiters);
        RELEASE(&lock);
        run_loop();
    }
    took = now_ns() - start;
    if (served != waiters * times)
        broken(NAME, "not all were served");
    free(w);
    return (double)took / (double)served;
}

static double ours_cancel(long waiters, long times)
{
    WAITER *w = start_over(waiters);
    uint32_t *order = malloc((size_t)waiters * sizeof *order);
    int64_t took = 0;
    long i, j, cancelled = 0;

    shuffled(order, waiters);
    for (i = 0; i < times; i++) {
        int64_t start;

        queue(w, waiters);
        start = now_ns();
        for (j = 0; j < waiters / 2; j++)
            cancelled += CANCEL(&lock, &w[order[j]]) == LOCK_EOK;
        took += now_ns() - start;
        RELEASE(&lock);
        run_loop();
    }
    if (served + cancelled != waiters * times)
        broken(NAME, "not all were served or cancelled");
    free(order);
    free(w);
    return (double)took / (double)cancelled;
}

ENTER_ASYNC(ours, NAME, sizeof(LOCK), sizeof(WAITER))
