/* uv.c - both locks in a libuv program: see scenario.h, lock_uv.h */
#include "loop.h"
#include "lock_uv.h"

struct watch {
    uv_poll_t poll;
    void (*fn)(void *arg);
    void *arg;
};

struct timer {
    uv_timer_t timer;
    void (*fn)(void *arg);
    void *arg;
};

static uv_loop_t loop;
static struct lock_uv locks;

static void loop_open(void)
{
    must(uv_loop_init(&loop) == 0, "uv_loop_init");
    must(lock_uv_init(&locks, &loop) == 0, "uv_async_init");
}

static struct lock_loop *loop_of_locks(void)
{
    return &locks.base;
}

static void readable(uv_poll_t *poll, int status, int events)
{
    struct watch *w = poll->data;

    (void)status;
    (void)events;
    w->fn(w->arg);
}

static void loop_watch(struct watch *w, int fd, void (*fn)(void *), void *arg)
{
    *w = (struct watch){.fn = fn, .arg = arg};
    w->poll.data = w;
    uv_poll_init(&loop, &w->poll, fd);
    uv_poll_start(&w->poll, UV_READABLE, readable);
}

static void loop_unwatch(struct watch *w)
{
    uv_close((uv_handle_t *)&w->poll, NULL);
}

static void due(uv_timer_t *timer)
{
    struct timer *t = timer->data;

    t->fn(t->arg);
}

static void loop_start_timer(struct timer *t, int ms, void (*fn)(void *),
                             void *arg)
{
    if (t->timer.data == NULL)
        uv_timer_init(&loop, &t->timer);
    t->timer.data = t;
    t->fn = fn;
    t->arg = arg;
    uv_timer_start(&t->timer, due, (uint64_t)ms, 0);
}

static void loop_stop_timer(struct timer *t)
{
    uv_timer_stop(&t->timer);
}

static void loop_run(void)
{
    uv_run(&loop, UV_RUN_DEFAULT);
}

static void loop_end(void)
{
    uv_stop(&loop);
}

static void close_handle(uv_handle_t *handle, void *arg)
{
    (void)arg;
    if (!uv_is_closing(handle))
        uv_close(handle, NULL);
}

static void loop_close(void)
{
    must(lock_uv_close(&locks) == LOCK_EOK, "lock_uv_close");
    uv_walk(&loop, close_handle, NULL);
    uv_run(&loop, UV_RUN_DEFAULT);
    must(uv_loop_close(&loop) == 0, "uv_loop_close");
}

#include "scenario.h"
