/* glib.c - both locks in a GLib program: see scenario.h, lock_glib.h */
#include "loop.h"
#include "lock_glib.h"

#include <glib-unix.h>

struct watch {
    GSource *source;
    void (*fn)(void *arg);
    void *arg;
};

struct timer {
    GSource *source;
    void (*fn)(void *arg);
    void *arg;
};

static struct lock_glib locks;
static GMainLoop *loop;

static void loop_open(void)
{
    loop = g_main_loop_new(NULL, FALSE);
    lock_glib_init(&locks, NULL);
}

static struct lock_loop *loop_of_locks(void)
{
    return &locks.base;
}

static gboolean readable(gint fd, GIOCondition condition, gpointer watch)
{
    struct watch *w = watch;

    (void)fd;
    (void)condition;
    w->fn(w->arg);
    return G_SOURCE_CONTINUE;
}

static void loop_watch(struct watch *w, int fd, void (*fn)(void *), void *arg)
{
    *w = (struct watch){g_unix_fd_source_new(fd, G_IO_IN), fn, arg};
    g_source_set_callback(w->source, G_SOURCE_FUNC(readable), w, NULL);
    g_source_attach(w->source, NULL);
}

static void loop_unwatch(struct watch *w)
{
    g_source_destroy(w->source);
    g_source_unref(w->source);
}

static void loop_stop_timer(struct timer *t)
{
    if (t->source == NULL)
        return;
    g_source_destroy(t->source);
    g_source_unref(t->source);
    t->source = NULL;
}

/* The timer may be started anew by fn. */
static gboolean due(gpointer timer)
{
    struct timer *t = timer;

    loop_stop_timer(t);
    t->fn(t->arg);
    return G_SOURCE_REMOVE;
}

static void loop_start_timer(struct timer *t, int ms, void (*fn)(void *),
                             void *arg)
{
    *t = (struct timer){g_timeout_source_new((guint)ms), fn, arg};
    g_source_set_callback(t->source, due, t, NULL);
    g_source_attach(t->source, NULL);
}

static void loop_run(void)
{
    g_main_loop_run(loop);
}

static void loop_end(void)
{
    g_main_loop_quit(loop);
}

static void loop_close(void)
{
    must(lock_glib_close(&locks) == LOCK_EOK, "lock_glib_close");
    g_main_loop_unref(loop);
}

#include "scenario.h"
