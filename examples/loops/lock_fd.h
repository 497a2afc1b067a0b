/* lock_fd.h - any loop that watches descriptors, for both locks: copy it
   Include it after a lock. Once lock_fd_init has returned 0 (-1: see errno),
   &l->base is the loop for the locks. Whenever your epoll, kqueue, poll or
   select says that l->fd can be read, call lock_fd_run. Close l as lock_jobs.h
   says. It is an eventfd on Linux; elsewhere, or with LOCK_FD_PIPE, a pipe. */
#ifndef LOCK_FD_H
#define LOCK_FD_H
#include "lock_jobs.h"
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <unistd.h>
#if defined __linux__ && !defined LOCK_FD_PIPE
#include <sys/eventfd.h>
#endif

struct lock_fd {
    struct lock_loop base;            /* first: post is given its address */
    struct lock_jobs jobs;
    int fd, to;                       /* what is written to `to`, fd reads */
};
/* It never blocks and has room: only the first job of a turn writes. */
static void lock_fd_post(struct lock_loop *base, struct lock_job *job)
{
    struct lock_fd *l = (struct lock_fd *)(void *)base;
    const uint64_t one = 1;

    if (lock_jobs_put(&l->jobs, job))
        while (write(l->to, &one, sizeof one) < 0 && errno == EINTR)
            continue;
    lock_jobs_end(&l->jobs);
}
static inline void lock_fd_run(struct lock_fd *l)
{
    uint64_t wakes;                   /* read first: a new job wakes us again */

    while (read(l->fd, &wakes, sizeof wakes) < 0 && errno == EINTR)
        continue;
    lock_jobs_run(&l->jobs);
}
static inline int lock_fd_init(struct lock_fd *l)
{
    int end[2];

    lock_jobs_init(&l->jobs);
    l->base.post = lock_fd_post;
#ifdef EFD_CLOEXEC
    end[0] = end[1] = eventfd(0, EFD_CLOEXEC);
    if (end[0] < 0)
        return -1;
#else
    if (pipe(end) != 0)
        return -1;
    fcntl(end[0], F_SETFD, FD_CLOEXEC);
    fcntl(end[1], F_SETFD, FD_CLOEXEC);
    fcntl(end[1], F_SETFL, O_NONBLOCK);
#endif
    fcntl(end[0], F_SETFL, O_NONBLOCK);
    l->fd = end[0];
    l->to = end[1];
    return 0;
}
static inline enum lock_error lock_fd_close(struct lock_fd *l)
{
    if (lock_jobs_busy(&l->jobs))
        return LOCK_EBUSY;
    if (l->to != l->fd)
        close(l->to);
    close(l->fd);
    return LOCK_EOK;
}
#endif
