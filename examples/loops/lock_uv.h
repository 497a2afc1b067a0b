/* lock_uv.h - a libuv loop that both locks can post to: copy it
   Include it after a lock. Once lock_uv_init has returned 0, &l->base is the
   loop for the locks, and l keeps the loop alive until it is closed: see
   lock_jobs.h. After that *l is libuv's until the loop has turned once more. */
#ifndef LOCK_UV_H
#define LOCK_UV_H
#include "lock_jobs.h"
#include <uv.h>

struct lock_uv {
    struct lock_loop base;            /* first: post is given its address */
    struct lock_jobs jobs;
    uv_async_t wake;
};
static void lock_uv_post(struct lock_loop *base, struct lock_job *job)
{
    struct lock_uv *l = (struct lock_uv *)(void *)base;

    if (lock_jobs_put(&l->jobs, job))
        uv_async_send(&l->wake);
    lock_jobs_end(&l->jobs);
}
static void lock_uv_run(uv_async_t *wake)
{
    lock_jobs_run(&((struct lock_uv *)wake->data)->jobs);
}
static inline int lock_uv_init(struct lock_uv *l, uv_loop_t *loop)
{
    lock_jobs_init(&l->jobs);
    l->base.post = lock_uv_post;
    l->wake.data = l;
    return uv_async_init(loop, &l->wake, lock_uv_run);
}
static inline enum lock_error lock_uv_close(struct lock_uv *l)
{
    if (lock_jobs_busy(&l->jobs))
        return LOCK_EBUSY;
    uv_close((uv_handle_t *)&l->wake, NULL);
    return LOCK_EOK;
}
#endif
