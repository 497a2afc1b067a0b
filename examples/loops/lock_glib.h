/* lock_glib.h - a GLib main context that both locks can post to: copy it
   Include it after a lock. With the context of the loop, NULL for the default
   one, struct lock_glib l = LOCK_GLIB_INIT(context); then &l.base is the loop
   for the locks. Not by g_main_context_invoke_full: in the loop's own thread
   that would run the job at once, inside the release.                       */
#ifndef LOCK_GLIB_H
#define LOCK_GLIB_H
#include <glib.h>

struct lock_glib {
    struct lock_loop base;            /* first, for post is given its address */
    GMainContext *context;
};
#define LOCK_GLIB_INIT(context) {{lock_glib_post}, context}

static gboolean lock_glib_run(gpointer arg)
{
    struct lock_job *job = arg;

    job->run(job);
    return G_SOURCE_REMOVE;
}
static void lock_glib_post(struct lock_loop *base, struct lock_job *job)
{
    struct lock_glib *l = (struct lock_glib *)(void *)base;
    GSource *turn = g_idle_source_new();

    g_source_set_priority(turn, G_PRIORITY_DEFAULT);
    g_source_set_callback(turn, lock_glib_run, job, NULL);
    g_source_attach(turn, l->context);
    g_source_unref(turn);
}
#endif
