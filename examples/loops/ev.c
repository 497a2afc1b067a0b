/* ev.c - both locks in a libev program: see scenario.h, lock_ev.h */
#include "loop.h"
#include "lock_ev.h"

struct watch {
    ev_io io;
    void (*fn)(void *arg);
    void *arg;
};

struct timer {
    ev_timer timer;
    void (*fn)(void *arg);
    void *arg;
};

static struct ev_loop *loop;
static struct lock_ev locks;

static void loop_open(void)
{
    loop = ev_loop_new(EVFLAG_AUTO);
    must(loop != NULL, "ev_loop_new");
    lock_ev_init(&locks, loop);
}

static struct lock_loop *loop_of_locks(void)
{
    return &locks.base;
}

static void readable(struct ev_loop *l, ev_io *io, int events)
{
    struct watch *w = io->data;

    (void)l;
    (void)events;
    w->fn(w->arg);
}

static void loop_watch(struct watch *w, int fd, void (*fn)(void *), void *arg)
{
    w->fn = fn;
    w->arg = arg;
    ev_io_init(&w->io, readable, fd, EV_READ);
    w->io.data = w;
    ev_io_start(loop, &w->io);
}

static void loop_unwatch(struct watch *w)
{
    ev_io_stop(loop, &w->io);
}

static void due(struct ev_loop *l, ev_timer *timer, int events)
{
    struct timer *t = timer->data;

    (void)l;
    (void)events;
    t->fn(t->arg);
}

static void loop_start_timer(struct timer *t, int ms, void (*fn)(void *),
                             void *arg)
{
    t->fn = fn;
    t->arg = arg;
    ev_now_update(loop);
    ev_timer_init(&t->timer, due, ms / 1000., 0);
    t->timer.data = t;
    ev_timer_start(loop, &t->timer);
}

static void loop_stop_timer(struct timer *t)
{
    ev_timer_stop(loop, &t->timer);
}

static void loop_run(void)
{
    ev_run(loop, 0);
}

static void loop_end(void)
{
    ev_break(loop, EVBREAK_ALL);
}

static void loop_close(void)
{
    must(lock_ev_close(&locks) == LOCK_EOK, "lock_ev_close");
    ev_loop_destroy(loop);
}

#include "scenario.h"
