/* epoll.c - both locks in a bare epoll loop: see scenario.h, lock_epoll.h */
#include "loop.h"
#include "lock_epoll.h"

#include <sys/epoll.h>
#include <time.h>
#include <unistd.h>

struct watch {
    int fd;
    void (*fn)(void *arg);
    void *arg;
};

struct timer {
    struct timer *next;
    int64_t due;
    void (*fn)(void *arg);
    void *arg;
};

static struct lock_epoll locks;
static struct watch locks_watch;
static struct timer *timers;            /* the first is due first */
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
    lock_epoll_run(arg);
}

static void loop_open(void)
{
    loop = epoll_create1(EPOLL_CLOEXEC);
    must(loop >= 0, "epoll_create1");
    must(lock_epoll_init(&locks) >= 0, "eventfd");
    loop_watch(&locks_watch, locks.fd, run_posted, &locks);
}

static struct lock_loop *loop_of_locks(void)
{
    return &locks.base;
}

static int64_t now_ms(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

static void loop_start_timer(struct timer *t, int ms, void (*fn)(void *),
                             void *arg)
{
    struct timer **at = &timers;

    *t = (struct timer){.due = now_ms() + ms, .fn = fn, .arg = arg};
    while (*at != NULL && (*at)->due <= t->due)
        at = &(*at)->next;
    t->next = *at;
    *at = t;
}

static void loop_stop_timer(struct timer *t)
{
    struct timer **at = &timers;

    while (*at != NULL && *at != t)
        at = &(*at)->next;
    if (*at != NULL)
        *at = t->next;
}

static void run_timers(void)
{
    while (timers != NULL && timers->due <= now_ms()) {
        struct timer *t = timers;

        timers = t->next;
        t->fn(t->arg);
    }
}

static int ms_left(void)
{
    const int64_t ms = timers != NULL ? timers->due - now_ms() : 60000;

    return ms > 0 ? (int)ms : 0;
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
    close(locks.fd);
    close(loop);
}

#include "scenario.h"
