/* lock_glib.h - a GLib main context that both locks can post to: copy it
   Include it after a lock. After lock_glib_init with the context of the loop,
   or NULL for the default one, &l->base is the loop for the locks. Close l, as
   lock_jobs.h says, before you free the context. Jobs do not go by
   g_main_context_invoke: in the loop's own thread that runs a job at once,
   inside the release.                                                       */
#ifndef LOCK_GLIB_H
#define LOCK_GLIB_H
#include "lock_jobs.h"
#include <glib.h>

struct lock_glib {
    struct lock_loop base;            /* first: post is given its address */
    struct lock_jobs jobs;
    GSource *wake;
};
static void lock_glib_post(struct lock_loop *base, struct lock_job *job)
{
    struct lock_glib *l = (struct lock_glib *)(void *)base;

    if (lock_jobs_put(&l->jobs, job))
        g_source_set_ready_time(l->wake, 0);
    lock_jobs_end(&l->jobs);
}
static gboolean lock_glib_run(GSource *wake, GSourceFunc none, gpointer l)
{
    (void)none;
    g_source_set_ready_time(wake, -1);    /* first: a new job wakes us again */
    lock_jobs_run(&((struct lock_glib *)l)->jobs);
    return G_SOURCE_CONTINUE;
}
static inline void lock_glib_init(struct lock_glib *l, GMainContext *context)
{
    static GSourceFuncs funcs = {NULL, NULL, lock_glib_run, NULL, NULL, NULL};

    lock_jobs_init(&l->jobs);
    l->base.post = lock_glib_post;
    l->wake = g_source_new(&funcs, sizeof *l->wake);
    g_source_set_callback(l->wake, NULL, l, NULL);
    g_source_attach(l->wake, context);
}
static inline enum lock_error lock_glib_close(struct lock_glib *l)
{
    if (lock_jobs_busy(&l->jobs))
        return LOCK_EBUSY;
    g_source_destroy(l->wake);
    g_source_unref(l->wake);
    return LOCK_EOK;
}
#endif
