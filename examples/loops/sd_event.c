/* sd_event.c - both locks in a program of systemd's sd-event: see scenario.h,
   lock_sd_event.h */
#include "loop.h"
#include "lock_sd_event.h"

#include <time.h>

struct watch {
    sd_event_source *source;
    void (*fn)(void *arg);
    void *arg;
};

struct timer {
    sd_event_source *source;
    void (*fn)(void *arg);
    void *arg;
};

static sd_event *loop;
static struct lock_sd_event locks;

static void loop_open(void)
{
    must(sd_event_new(&loop) >= 0, "sd_event_new");
    must(lock_sd_event_init(&locks, loop) == 0, "lock_sd_event_init");
}

static struct lock_loop *loop_of_locks(void)
{
    return &locks.base;
}

static int readable(sd_event_source *source, int fd, uint32_t events,
                    void *watch)
{
    struct watch *w = watch;

    (void)source;
    (void)fd;
    (void)events;
    w->fn(w->arg);
    return 0;
}

static void loop_watch(struct watch *w, int fd, void (*fn)(void *), void *arg)
{
    *w = (struct watch){.fn = fn, .arg = arg};
    must(sd_event_add_io(loop, &w->source, fd, EPOLLIN, readable, w) >= 0,
         "sd_event_add_io");
}

static void loop_unwatch(struct watch *w)
{
    sd_event_source_disable_unref(w->source);
}

static void loop_stop_timer(struct timer *t)
{
    t->source = sd_event_source_disable_unref(t->source);
}

/* The timer may be started anew by fn. */
static int due(sd_event_source *source, uint64_t usec, void *timer)
{
    struct timer *t = timer;

    (void)source;
    (void)usec;
    loop_stop_timer(t);
    t->fn(t->arg);
    return 0;
}

static void loop_start_timer(struct timer *t, int ms, void (*fn)(void *),
                             void *arg)
{
    const uint64_t us = (uint64_t)ms * 1000;

    *t = (struct timer){.fn = fn, .arg = arg};
    must(sd_event_add_time_relative(loop, &t->source, CLOCK_MONOTONIC, us, 1,
                                    due, t) >= 0, "sd_event_add_time_relative");
}

static void loop_run(void)
{
    sd_event_loop(loop);
}

static void loop_end(void)
{
    sd_event_exit(loop, 0);
}

static void loop_close(void)
{
    must(lock_sd_event_close(&locks) == LOCK_EOK, "lock_sd_event_close");
    sd_event_unref(loop);
}

#include "scenario.h"
