/* dual_lock.c - threads block on a lock, and an event loop awaits the same lock

   Three threads and a task of an event loop (of Linux: epoll and eventfd) count
   with one plain counter under one thread_lock. The threads sleep while they
   wait. The loop must not: its task awaits the lock, and the loop goes on with
   its other work. The thread that hands the lock over posts to the loop.

   To prove that the loop goes on while it waits, one thread keeps the lock at
   first until the loop has ticked five times in its wait. Prints the count, how
   often the loop waits and ticks, and its longest turn, which should take 1 ms,
   though it waits for several threads that hold the lock for 1 ms each.     */

#define _POSIX_C_SOURCE 200809L
#define THREAD_LOCK_IMPLEMENTATION
#include "lock.h"
#include "async_lock.h"     /* for the task */

#include <stdio.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <threads.h>
#include <time.h>

#define THREADS 3
#define TURNS 50

/* >>loop */
struct loop {
    struct lock_loop base;            /* first, for post is given its address */
    _Atomic(struct lock_job *) posted;    /* in no particular order */
    int epoll, wake;
};

/* Any thread may call it, and nothing in it fails or waits: a wake-up would be
   refused only where the loop has 2^64 others to read. */
static void loop_post(struct lock_loop *base, struct lock_job *job)
{
    struct loop *l = (struct loop *)(void *)base;
    struct lock_job *other = atomic_load(&l->posted);

    do
        job->next = other;
    while (!atomic_compare_exchange_weak(&l->posted, &other, job));
    eventfd_write(l->wake, 1);
}

/* The wake-up is read before the jobs are taken: one that is posted in between
   runs now and wakes the loop for nothing, but is not forgotten. A job may be
   posted anew, or gone, as soon as it runs: read next before. 0: time is up. */
static int loop_turn(struct loop *l, int timeout_ms)
{
    struct lock_job *job, *next;
    struct epoll_event e;
    eventfd_t wakeups;
    const int n = epoll_wait(l->epoll, &e, 1, timeout_ms);

    if (n == 1)
        eventfd_read(l->wake, &wakeups);
    for (job = atomic_exchange(&l->posted, NULL); job != NULL; job = next) {
        next = job->next;
        job->run(job);
    }
    return n;
}

/* >>counting */
static struct loop loop = {.base = {loop_post}};
static struct thread_lock lock, five_ticks;
static struct thread_lock_waiter waiter;
static struct async_lock_task task;
static long counter, turns, waits, ticks_waited;
static bool awaits_lock;

/* Slow work with the lock held, which would show if anyone else held it. */
static int count_slowly(void *keeps_it)
{
    const struct timespec ms = {0, 1000000};

    if (keeps_it != NULL) {
        thread_lock_acquire(&five_ticks);
        thread_lock_release(&lock);
    }
    for (int i = 0; i < TURNS; i++)
        THREAD_LOCK_WITH(&lock) {
            const long seen = counter;

            thrd_sleep(&ms, NULL);
            counter = seen + 1;
        }
    return 0;
}

static enum lock_error acquire(lock_fn *fn)
{
    const enum lock_error e =
        thread_lock_acquire_async(&lock, &waiter, &loop.base, fn, NULL);

    waits += e == LOCK_EPENDING;
    return e;
}

/* Count once a tick: the first wait is for that. */
static void count(void *arg, enum lock_error result)
{
    ASYNC_LOCK_TASK(&task, count, arg, result) {
        while (turns < TURNS) {
            ASYNC_LOCK_AWAIT(awaits_lock = false);
            awaits_lock = true;
            ASYNC_LOCK_AWAIT_PENDING(acquire(count));
            if (task.result != LOCK_EOK)
                break;
            counter++;
            turns++;
            thread_lock_release(&lock);
        }
    }
}

static void tick(void)
{
    if (!awaits_lock)
        count(NULL, LOCK_EOK);
    else if (++ticks_waited == 5)
        thread_lock_release(&five_ticks);
}

static int64_t now_us(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

int main(void)
{
    struct epoll_event readable = {.events = EPOLLIN};
    int64_t now, last, longest = 0;
    thrd_t thread[THREADS];

    loop.epoll = epoll_create1(0);
    loop.wake = eventfd(0, EFD_NONBLOCK);
    if (epoll_ctl(loop.epoll, EPOLL_CTL_ADD, loop.wake, &readable) != 0)
        return 1;
    thread_lock_acquire(&five_ticks);
    thread_lock_acquire(&lock);         /* kept by the first of the threads */
    for (int i = 0; i < THREADS; i++)
        if (thrd_create(&thread[i], count_slowly, i == 0 ? &lock : NULL)
            != thrd_success)
            return 1;
    count(NULL, LOCK_EOK);
    for (last = now_us(); turns < TURNS; last = now) {
        if (loop_turn(&loop, 1) == 0)
            tick();
        now = now_us();
        longest = now - last > longest ? now - last : longest;
    }
    for (int i = 0; i < THREADS; i++)
        thrd_join(thread[i], NULL);

    printf("%d threads and a loop count %d times each: %ld\n", THREADS, TURNS,
           counter);
    printf("the loop waits %ld times, and ticks %ld times meanwhile\n", waits,
           ticks_waited);
    printf("its longest turn takes %ld us\n", (long)longest);
    return counter != (THREADS + 1) * TURNS;
}
