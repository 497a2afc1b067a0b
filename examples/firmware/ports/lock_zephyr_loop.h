/* lock_zephyr_loop.h - a thread or a work queue of Zephyr as a loop of lock.h
   SPDX-License-Identifier: 0BSD

   Copy this file next to lock_zephyr.h. A k_fifo takes a lock_job as it is,
   because the kernel uses the first word of what is queued, and that is `next`.
   Nothing is allocated, and an interrupt may post. A loop must outlive every
   release that may post to it: let it be static. Do not drain or plug its work
   queue. */
#ifndef LOCK_ZEPHYR_LOOP_H
#define LOCK_ZEPHYR_LOOP_H

#include "lock_zephyr.h"
#include <zephyr/kernel.h>

/* A thread that calls lock_fifo_run again and again. */
struct lock_fifo {
    struct lock_loop loop;
    struct k_fifo jobs;
};

static inline void lock_fifo_post(struct lock_loop *loop, struct lock_job *job)
{
    k_fifo_put(&CONTAINER_OF(loop, struct lock_fifo, loop)->jobs, job);
}

static inline void lock_fifo_init(struct lock_fifo *f)
{
    f->loop.post = lock_fifo_post;
    k_fifo_init(&f->jobs);
}

/* Wait for a job until the time is up, and run it. False if none came. */
static inline bool lock_fifo_run(struct lock_fifo *f, k_timeout_t timeout)
{
    struct lock_job *job = (struct lock_job *)k_fifo_get(&f->jobs, timeout);

    if (job != NULL)
        job->run(job);
    return job != NULL;
}

/* A work queue, the system's or your own. */
struct lock_work {
    struct lock_fifo fifo;
    struct k_work work;
    struct k_work_q *queue;
};

static inline void lock_work_post(struct lock_loop *loop, struct lock_job *job)
{
    struct lock_work *w = CONTAINER_OF(loop, struct lock_work, fifo.loop);

    k_fifo_put(&w->fifo.jobs, job);
    k_work_submit_to_queue(w->queue, &w->work);
}

/* What is posted while this runs submits the work once more. */
static inline void lock_work_run(struct k_work *work)
{
    struct lock_work *w = CONTAINER_OF(work, struct lock_work, work);

    while (lock_fifo_run(&w->fifo, K_NO_WAIT))
        continue;
}

static inline void lock_work_init(struct lock_work *w, struct k_work_q *queue)
{
    lock_fifo_init(&w->fifo);
    w->fifo.loop.post = lock_work_post;
    k_work_init(&w->work, lock_work_run);
    w->queue = queue;
}

#endif
