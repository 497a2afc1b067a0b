/* event.c - both locks in a libevent program: see scenario.h, lock_event.h */
#include "loop.h"
#include "lock_event.h"

#include <event2/thread.h>

struct watch {
    struct event event;
    void (*fn)(void *arg);
    void *arg;
};

struct timer {
    struct event event;
    void (*fn)(void *arg);
    void *arg;
};

static struct event_base *loop;
static struct lock_event locks;

static void loop_open(void)
{
    must(evthread_use_pthreads() == 0, "evthread_use_pthreads");
    loop = event_base_new();
    must(loop != NULL, "event_base_new");
    must(lock_event_init(&locks, loop) == 0, "event_assign");
}

static struct lock_loop *loop_of_locks(void)
{
    return &locks.base;
}

static void readable(evutil_socket_t fd, short what, void *watch)
{
    struct watch *w = watch;

    (void)fd;
    (void)what;
    w->fn(w->arg);
}

static void loop_watch(struct watch *w, int fd, void (*fn)(void *), void *arg)
{
    w->fn = fn;
    w->arg = arg;
    event_assign(&w->event, loop, fd, EV_READ | EV_PERSIST, readable, w);
    event_add(&w->event, NULL);
}

static void loop_unwatch(struct watch *w)
{
    event_del(&w->event);
}

static void due(evutil_socket_t fd, short what, void *timer)
{
    struct timer *t = timer;

    (void)fd;
    (void)what;
    t->fn(t->arg);
}

static void loop_start_timer(struct timer *t, int ms, void (*fn)(void *),
                             void *arg)
{
    const struct timeval limit = {.tv_usec = ms * 1000};

    t->fn = fn;
    t->arg = arg;
    evtimer_assign(&t->event, loop, due, t);
    evtimer_add(&t->event, &limit);
}

static void loop_stop_timer(struct timer *t)
{
    evtimer_del(&t->event);
}

static void loop_run(void)
{
    event_base_loop(loop, EVLOOP_NO_EXIT_ON_EMPTY);
}

static void loop_end(void)
{
    event_base_loopbreak(loop);
}

static void loop_close(void)
{
    must(lock_event_close(&locks) == LOCK_EOK, "lock_event_close");
    event_base_free(loop);
    libevent_global_shutdown();
}

#include "scenario.h"
