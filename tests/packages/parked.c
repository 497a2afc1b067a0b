/* Locks in known states, to be looked at from outside. */
#define _POSIX_C_SOURCE 200809L
#define THREAD_LOCK_IMPLEMENTATION
#include "lock.h"
#define ASYNC_LOCK_IMPLEMENTATION
#include "async_lock.h"

#include <pthread.h>
#include <sched.h>
#include <stdlib.h>

/* Not static, so that those that nothing happens to exist as well. */
struct thread_lock nobodys, taken, queued, handed_over;
struct thread_lock_waiter continuation, idle, owner;
struct async_lock async_nobodys, async_queued, passing, passing_to_none, lent,
    lending, cancelling;
struct async_lock_waiter a, b, c, d, e, f, g, h, i, j;
int number[4];

static void post(struct lock_loop *loop, struct lock_job *job)
{
    (void)loop;
    job->next = NULL;
}

static struct lock_loop my_loop = {post};

static void my_fn(void *arg, enum lock_error result)
{
    (void)arg;
    (void)result;
}

/* Not inlined, so that a breakpoint finds it. */
__attribute__((noinline)) void all_is_set(volatile int *stop)
{
    if (*stop)
        abort();
    *stop = 1;
}

static void stop_inside_release(void *arg, enum lock_error result)
{
    (void)result;
    all_is_set(arg);
}

static void release_lent(void *arg, enum lock_error result)
{
    (void)arg;
    (void)result;
    async_lock_release(&lent);
}

static void release_lending_and_lent(void *arg, enum lock_error result)
{
    async_lock_release(&lending);
    release_lent(arg, result);
}

static void *wait(void *lock)
{
    thread_lock_acquire(lock);
    return NULL;
}

static int count_waiting(struct thread_lock *l)
{
    uintptr_t mask, word = thread_lock_edit_(l, &mask);
    const struct thread_lock_waiter *first = thread_lock_first_(word), *w;
    int n = 0;

    for (w = first; w != NULL && (n == 0 || w != first); w = w->next)
        n++;
    thread_lock_finish_(l, word, mask);
    return n;
}

static void start_thread_that_waits(struct thread_lock *l)
{
    const int before = count_waiting(l);
    pthread_t t;

    if (pthread_create(&t, NULL, wait, l) != 0)
        abort();
    while (count_waiting(l) == before)
        sched_yield();
}

static void queue(struct async_lock *l, struct async_lock_waiter *w,
                  lock_fn *fn, int *arg)
{
    if (async_lock_acquire(l, w, fn, arg) != LOCK_EPENDING)
        abort();
}

static void queue_async(struct thread_lock *l, struct thread_lock_waiter *w,
                        int *arg)
{
    if (thread_lock_acquire_async(l, w, &my_loop, my_fn, arg) != LOCK_EPENDING)
        abort();
}

static void set_thread_locks(void)
{
    thread_lock_acquire(&taken);
    thread_lock_acquire(&queued);
    start_thread_that_waits(&queued);
    queue_async(&queued, &continuation, &number[1]);
    start_thread_that_waits(&queued);

    thread_lock_acquire(&handed_over);
    queue_async(&handed_over, &owner, &number[2]);
    thread_lock_release(&handed_over);
}

static void set_async_locks(void)
{
    (void)async_lock_try_acquire(&async_queued);
    queue(&async_queued, &a, my_fn, &number[0]);
    queue(&async_queued, &b, my_fn, &number[1]);

    async_lock_init(&passing, &my_loop);
    (void)async_lock_try_acquire(&passing);
    queue(&passing, &c, my_fn, &number[2]);
    queue(&passing, &d, my_fn, &number[3]);
    async_lock_release(&passing);

    async_lock_init(&passing_to_none, &my_loop);
    (void)async_lock_try_acquire(&passing_to_none);
    queue(&passing_to_none, &e, my_fn, NULL);
    async_lock_release(&passing_to_none);
    (void)async_lock_cancel(&passing_to_none, &e);
}

static void release_lending(void *arg, enum lock_error result)
{
    (void)arg;
    (void)result;
    async_lock_release(&lending);
}

/* Stop in an fn that a release calls, in one that another calls, in one that
   cancel_all calls. */
int main(int argc, char **argv)
{
    int stop = argc > 1;        /* with an argument, it ends in a crash */

    (void)argv;
    set_thread_locks();
    set_async_locks();
    (void)async_lock_try_acquire(&lent);
    queue(&lent, &f, stop_inside_release, &stop);
    (void)async_lock_try_acquire(&cancelling);
    (void)async_lock_try_acquire(&lending);
    queue(&lending, &i, release_lending_and_lent, NULL);
    queue(&lending, &j, my_fn, &number[1]);
    queue(&cancelling, &g, release_lending, NULL);
    queue(&cancelling, &h, my_fn, &number[3]);
    async_lock_cancel_all(&cancelling);
    return stop;
}
