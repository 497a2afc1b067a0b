/* lock_epoll.h - a loop of your own that both locks can post to: copy it
   Include it after a lock; &l->base is the loop for the locks. Whenever your
   epoll, poll or select says that l->fd can be read, call lock_epoll_run.   */
#ifndef LOCK_EPOLL_H
#define LOCK_EPOLL_H
#include <stdatomic.h>
#include <sys/eventfd.h>

struct lock_epoll {
    struct lock_loop base;            /* first, for post is given its address */
    _Atomic(struct lock_job *) posted;    /* one a lock: their order is free */
    int fd;
};
static void lock_epoll_post(struct lock_loop *base, struct lock_job *job)
{
    struct lock_epoll *l = (struct lock_epoll *)(void *)base;
    struct lock_job *other = atomic_load(&l->posted);

    do
        job->next = other;
    while (!atomic_compare_exchange_weak(&l->posted, &other, job));
    eventfd_write(l->fd, 1);
}
static inline void lock_epoll_run(struct lock_epoll *l)
{
    struct lock_job *job, *next;
    eventfd_t wakeups;

    eventfd_read(l->fd, &wakeups);    /* first: what comes now wakes us again */
    for (job = atomic_exchange(&l->posted, NULL); job != NULL; job = next) {
        next = job->next;             /* once it runs, it may be gone */
        job->run(job);
    }
}
static inline int lock_epoll_init(struct lock_epoll *l)
{
    *l = (struct lock_epoll){.base = {lock_epoll_post}};
    return l->fd = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
}
#endif
