/* epoll.c - both locks in a bare epoll loop: see scenario.h, lock_fd.h */
#include "loop.h"
#include "lock_fd.h"
#include "timers.h"

#include <sys/epoll.h>
#include <unistd.h>

struct watch {
    int fd;
    void (*fn)(void *arg);
    void *arg;
};

static struct lock_fd locks;
static struct watch locks_watch;
static int loop;
static bool ended;

static void loop_watch(struct watch *w, int fd, void (*fn)(void *), void *arg)
{
    struct epoll_event e = {.events = EPOLLIN, .data.ptr = w};

    *w = (struct watch){fd, fn, arg};
    must(epoll_ctl(loop, EPOLL_CTL_ADD, fd, &e) == 0, "epoll_ctl");
}

static void loop_unwatch(struct watch *w)
{
    epoll_ctl(loop, EPOLL_CTL_DEL, w->fd, NULL);
}

static void run_posted(void *arg)
{
    lock_fd_run(arg);
}

static void loop_open(void)
{
    loop = epoll_create1(EPOLL_CLOEXEC);
    must(loop >= 0, "epoll_create1");
    must(lock_fd_init(&locks) == 0, "lock_fd_init");
    loop_watch(&locks_watch, locks.fd, run_posted, &locks);
}

static struct lock_loop *loop_of_locks(void)
{
    return &locks.base;
}

/* One event at a time: the second might be of a watch that the first ends. */
static void loop_run(void)
{
    struct epoll_event e;

    while (!ended) {
        if (epoll_wait(loop, &e, 1, ms_left()) == 1) {
            const struct watch *w = e.data.ptr;

            w->fn(w->arg);
        }
        run_timers();
    }
}

static void loop_end(void)
{
    ended = true;
}

static void loop_close(void)
{
    must(lock_fd_close(&locks) == LOCK_EOK, "lock_fd_close");
    close(loop);
}

#include "scenario.h"
