/* lock_uring.h - an io_uring loop that both locks can post to: copy it
   Include it after a lock. Once lock_uring_init has returned 0 (less: minus an
   errno), &l->base is the loop for the locks. Submit what the ring has before
   you wait. A completion whose data is l is for lock_uring_run(l); l has one at
   a time under way. Linux 5.1 and later; a kernel or a container may refuse
   io_uring, which io_uring_queue_init then tells.

   After lock_uring_close (see lock_jobs.h) one more completion of l comes, and
   lock_uring_run says false: now *l is not used any more.                   */
#ifndef LOCK_URING_H
#define LOCK_URING_H
#include "lock_jobs.h"
#include <errno.h>
#include <liburing.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <unistd.h>

struct lock_uring {
    struct lock_loop base;            /* first: post is given its address */
    struct lock_jobs jobs;
    struct io_uring *ring;
    int fd;
    bool closed;
};
static void lock_uring_post(struct lock_loop *base, struct lock_job *job)
{
    struct lock_uring *l = (struct lock_uring *)(void *)base;

    if (lock_jobs_put(&l->jobs, job))
        eventfd_write(l->fd, 1);
    lock_jobs_end(&l->jobs);
}
static inline void lock_uring_watch(struct lock_uring *l)
{
    struct io_uring_sqe *sqe = io_uring_get_sqe(l->ring);

    while (sqe == NULL) {             /* all are taken: give them away */
        io_uring_submit(l->ring);
        sqe = io_uring_get_sqe(l->ring);
    }
    io_uring_prep_poll_add(sqe, l->fd, POLLIN);
    io_uring_sqe_set_data(sqe, l);
}
static inline bool lock_uring_run(struct lock_uring *l)
{
    eventfd_t wakes;

    if (l->closed) {
        close(l->fd);
        return false;
    }
    eventfd_read(l->fd, &wakes);      /* first: a new job wakes us again */
    lock_uring_watch(l);
    lock_jobs_run(&l->jobs);
    return true;
}
static inline int lock_uring_init(struct lock_uring *l, struct io_uring *ring)
{
    lock_jobs_init(&l->jobs);
    l->base.post = lock_uring_post;
    l->ring = ring;
    l->closed = false;
    l->fd = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
    if (l->fd < 0)
        return -errno;
    lock_uring_watch(l);
    return 0;
}
static inline enum lock_error lock_uring_close(struct lock_uring *l)
{
    if (lock_jobs_busy(&l->jobs))
        return LOCK_EBUSY;
    l->closed = true;
    eventfd_write(l->fd, 1);
    return LOCK_EOK;
}
#endif
