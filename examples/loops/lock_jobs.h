/* lock_jobs.h - what was posted to a loop, first in, first out: copy it
   together with the file for your loop. Any thread puts jobs, without waiting;
   the loop's thread runs them. C11, and C++ from C++11.

   How to close a loop, with any of the files beside this one:

   1. Cancel each wait. If a cancel says LOCK_ENOTWAITING, its fn still comes.
   2. Turn the loop until each fn that still comes has run.
   3. Call close. LOCK_EOK: no thread uses the loop any more. LOCK_EBUSY: a job
      is posted, or a thread has not left post; nothing was closed. Turn the
      loop without waiting for an event, and call close again.

   Do not close from inside an fn, nor turn the loop there: the same turn may
   have more jobs to run. An fn must not throw.                              */
#ifndef LOCK_JOBS_H
#define LOCK_JOBS_H
#ifdef __cplusplus
#include <atomic>
#define LOCK_JOBS_ATOMIC_(type) std::atomic<type>
#else
#include <stdatomic.h>
#define LOCK_JOBS_ATOMIC_(type) _Atomic(type)
#endif

struct lock_jobs {
    LOCK_JOBS_ATOMIC_(struct lock_job *) last;    /* its next: the one before */
    LOCK_JOBS_ATOMIC_(int) posting;               /* how many threads post */
};
static inline void lock_jobs_init(struct lock_jobs *jobs)
{
    struct lock_job *none = NULL;

    atomic_store(&jobs->last, none);
    atomic_store(&jobs->posting, 0);
}
/* True: wake the loop. False: it has been, or a thread is about to wake it. */
static inline bool lock_jobs_put(struct lock_jobs *jobs, struct lock_job *job)
{
    struct lock_job *last = atomic_load(&jobs->last);

    atomic_fetch_add(&jobs->posting, 1);
    do
        job->next = last;
    while (!atomic_compare_exchange_weak(&jobs->last, &last, job));
    return last == NULL;
}
/* End a post, and use nothing of the loop any more. It may have run the job
   already. Until this call it is busy, so that nobody closes it too early. */
static inline void lock_jobs_end(struct lock_jobs *jobs)
{
    atomic_fetch_sub(&jobs->posting, 1);
}
/* Whether a job has not run, or a thread has not left post. */
static inline bool lock_jobs_busy(const struct lock_jobs *jobs)
{
    return atomic_load(&jobs->last) != NULL || atomic_load(&jobs->posting) != 0;
}
/* Run what was put until now. What these jobs put waits for the next turn. */
static inline void lock_jobs_run(struct lock_jobs *jobs)
{
    struct lock_job *job, *next, *first = NULL;

    for (job = atomic_exchange(&jobs->last, first); job != NULL; job = next) {
        next = job->next;
        job->next = first;
        first = job;
    }
    for (job = first; job != NULL; job = next) {
        next = job->next;    /* first: a job that has run may be gone */
        job->run(job);
    }
}
#endif
