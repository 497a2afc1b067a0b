/* An event loop for tests: a queue of jobs that runs when a test says so. Any
   thread may post. */
#ifndef LOOP_H
#define LOOP_H

#include <pthread.h>
#include <stddef.h>

struct loop {
    struct lock_loop base;
    struct lock_job *first, **end;
    pthread_mutex_t mutex;
    unsigned posted;
};

static void loop_post(struct lock_loop *base, struct lock_job *job)
{
    struct loop *loop = (struct loop *)(void *)base;

    pthread_mutex_lock(&loop->mutex);
    job->next = NULL;
    *loop->end = job;
    loop->end = &job->next;
    loop->posted++;
    pthread_mutex_unlock(&loop->mutex);
}

#define LOOP_INIT(loop) \
    {{loop_post}, NULL, &(loop).first, PTHREAD_MUTEX_INITIALIZER, 0}

static struct lock_job *loop_next(struct loop *loop)
{
    struct lock_job *job;

    pthread_mutex_lock(&loop->mutex);
    job = loop->first;
    if (job != NULL && (loop->first = job->next) == NULL)
        loop->end = &loop->first;
    pthread_mutex_unlock(&loop->mutex);
    return job;
}

/* Run until nothing is posted; returns how many jobs ran. */
static unsigned loop_run(struct loop *loop)
{
    struct lock_job *job;
    unsigned n = 0;

    for (; (job = loop_next(loop)) != NULL; n++)
        job->run(job);
    return n;
}

#endif
