/* lock_sd_event.h - an sd-event loop that both locks can post to: copy it
   Include it after a lock. Once lock_sd_event_init has returned 0 (less: minus
   an errno), &l->base is the loop for the locks. Close l, as lock_jobs.h says,
   before you let go of the loop.                                            */
#ifndef LOCK_SD_EVENT_H
#define LOCK_SD_EVENT_H
#include "lock_jobs.h"
#include <errno.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <systemd/sd-event.h>
#include <unistd.h>

struct lock_sd_event {
    struct lock_loop base;            /* first: post is given its address */
    struct lock_jobs jobs;
    sd_event_source *wake;
    int fd;
};
static void lock_sd_event_post(struct lock_loop *base, struct lock_job *job)
{
    struct lock_sd_event *l = (struct lock_sd_event *)(void *)base;

    if (lock_jobs_put(&l->jobs, job))
        eventfd_write(l->fd, 1);
    lock_jobs_end(&l->jobs);
}
static int lock_sd_event_run(sd_event_source *wake, int fd, uint32_t events,
                             void *l)
{
    eventfd_t wakes;

    (void)wake;
    (void)events;
    eventfd_read(fd, &wakes);         /* first: a new job wakes us again */
    lock_jobs_run(&((struct lock_sd_event *)l)->jobs);
    return 0;
}
static inline int lock_sd_event_init(struct lock_sd_event *l, sd_event *loop)
{
    int e;

    lock_jobs_init(&l->jobs);
    l->base.post = lock_sd_event_post;
    l->fd = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
    if (l->fd < 0)
        return -errno;
    e = sd_event_add_io(loop, &l->wake, l->fd, EPOLLIN,
                        lock_sd_event_run, l);
    if (e < 0)
        close(l->fd);
    return e < 0 ? e : 0;
}
static inline enum lock_error lock_sd_event_close(struct lock_sd_event *l)
{
    if (lock_jobs_busy(&l->jobs))
        return LOCK_EBUSY;
    sd_event_source_disable_unref(l->wake);
    close(l->fd);
    return LOCK_EOK;
}
#endif
