/* lock_event.h - a libevent loop that both locks can post to: copy it
   Include it after a lock; &l->base is the loop for the locks. First of all,
   evthread_use_pthreads(). Run with EVLOOP_NO_EXIT_ON_EMPTY, for the loop does
   not count those that wait as events.                                      */
#ifndef LOCK_EVENT_H
#define LOCK_EVENT_H
#include <event2/event.h>
#include <event2/event_struct.h>
#include <stdatomic.h>
struct lock_event {
    struct lock_loop base;            /* first, for post is given its address */
    _Atomic(struct lock_job *) posted;    /* one a lock: their order is free */
    struct event wake;
};
static void lock_event_post(struct lock_loop *base, struct lock_job *job)
{
    struct lock_event *l = (struct lock_event *)(void *)base;
    struct lock_job *other = atomic_load(&l->posted);

    do
        job->next = other;
    while (!atomic_compare_exchange_weak(&l->posted, &other, job));
    event_active(&l->wake, EV_TIMEOUT, 0);
}
static void lock_event_run(evutil_socket_t fd, short what, void *arg)
{
    struct lock_event *l = arg;
    struct lock_job *job = atomic_exchange(&l->posted, NULL), *next;

    for ((void)fd, (void)what; job != NULL; job = next) {
        next = job->next;             /* once it runs, it may be gone */
        job->run(job);
    }
}
static inline int lock_event_init(struct lock_event *l, struct event_base *loop)
{
    *l = (struct lock_event){.base = {lock_event_post}};
    return event_assign(&l->wake, loop, -1, 0, lock_event_run, l);
}
#endif
