/* lock_ev.h - a libev loop that both locks can post to: copy it
   Include it after a lock. After lock_ev_init, &l->base is the loop for the
   locks, and l keeps the loop alive until it is closed: see lock_jobs.h. Close
   l before you destroy the loop.                                            */
#ifndef LOCK_EV_H
#define LOCK_EV_H
#include "lock_jobs.h"
#include <ev.h>

struct lock_ev {
    struct lock_loop base;            /* first: post is given its address */
    struct lock_jobs jobs;
    struct ev_loop *loop;
    ev_async wake;
};
static void lock_ev_post(struct lock_loop *base, struct lock_job *job)
{
    struct lock_ev *l = (struct lock_ev *)(void *)base;

    if (lock_jobs_put(&l->jobs, job))
        ev_async_send(l->loop, &l->wake);
    lock_jobs_end(&l->jobs);
}
static void lock_ev_run(struct ev_loop *loop, ev_async *wake, int events)
{
    (void)loop;
    (void)events;
    lock_jobs_run(&((struct lock_ev *)wake->data)->jobs);
}
static inline void lock_ev_init(struct lock_ev *l, struct ev_loop *loop)
{
    lock_jobs_init(&l->jobs);
    l->base.post = lock_ev_post;
    l->loop = loop;
    ev_async_init(&l->wake, lock_ev_run);
    l->wake.data = l;
    ev_async_start(loop, &l->wake);
}
static inline enum lock_error lock_ev_close(struct lock_ev *l)
{
    if (lock_jobs_busy(&l->jobs))
        return LOCK_EBUSY;
    ev_async_stop(l->loop, &l->wake);
    return LOCK_EOK;
}
#endif
