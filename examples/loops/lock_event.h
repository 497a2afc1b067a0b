/* lock_event.h - a libevent loop that both locks can post to: copy it
   Include it after a lock. Call evthread_use_pthreads() first of all. Once
   lock_event_init has returned 0, &l->base is the loop for the locks. Run the
   loop with EVLOOP_NO_EXIT_ON_EMPTY: it does not see that somebody waits for a
   lock. Close l, as lock_jobs.h says, before you free the loop.             */
#ifndef LOCK_EVENT_H
#define LOCK_EVENT_H
#include "lock_jobs.h"
#include <event2/event.h>
#include <event2/event_struct.h>

struct lock_event {
    struct lock_loop base;            /* first: post is given its address */
    struct lock_jobs jobs;
    struct event wake;
};
static void lock_event_post(struct lock_loop *base, struct lock_job *job)
{
    struct lock_event *l = (struct lock_event *)(void *)base;

    if (lock_jobs_put(&l->jobs, job))
        event_active(&l->wake, EV_TIMEOUT, 0);
    lock_jobs_end(&l->jobs);
}
static void lock_event_run(evutil_socket_t fd, short what, void *l)
{
    (void)fd;
    (void)what;
    lock_jobs_run(&((struct lock_event *)l)->jobs);
}
static inline int lock_event_init(struct lock_event *l, struct event_base *loop)
{
    lock_jobs_init(&l->jobs);
    l->base.post = lock_event_post;
    return event_assign(&l->wake, loop, -1, 0, lock_event_run, l);
}
static inline enum lock_error lock_event_close(struct lock_event *l)
{
    if (lock_jobs_busy(&l->jobs))
        return LOCK_EBUSY;
    event_del(&l->wake);
    return LOCK_EOK;
}
#endif
