/* bounded_queue.c - threads put into a queue what an event loop takes out of it

   Three threads put numbers into a queue with four places. A thread that finds
   it full sleeps on a condition (condition.h) until there is a place. The loop
   (of Linux: poll and eventfd) must not sleep: its task awaits what it needs,
   and the loop goes on meanwhile.

   The task awaits two locks. One guards the queue. The other is a gate: it is
   held while the queue is empty, and the thread that puts the first number in
   releases it. So whoever acquires it knows that there is something to take.

   The threads start when the loop has ticked five times, to show that it goes
   on while its task waits. Prints how many numbers came through and their sum,
   how often a thread waited for a place, and how often the loop ticked.     */

#define THREAD_LOCK_IMPLEMENTATION
#include "condition.h"
#define ASYNC_LOCK_IMPLEMENTATION
#include "async_lock.h"

#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <threads.h>

#define THREADS 3
#define NUMBERS 1000        /* of each thread */
#define PLACES 4

/* >>queue */
struct queue {
    struct thread_lock lock, filled;    /* filled is the gate */
    struct thread_condition place;
    long number[PLACES];
    int count;
};

static struct queue queue;
static long waits;                      /* guarded by the queue's lock */

static void put(struct queue *q, long number)
{
    THREAD_LOCK_WITH(&q->lock) {
        while (q->count == PLACES) {
            waits++;
            thread_condition_wait(&q->place, &q->lock);
        }
        q->number[q->count++] = number;
        if (q->count == 1)
            thread_lock_release(&q->filled);
    }
}

static int put_numbers(void *arg)
{
    (void)arg;
    for (long number = 1; number <= NUMBERS; number++)
        put(&queue, number);
    return 0;
}

/* >>loop */
struct loop {
    struct lock_loop base;            /* first, for post is given its address */
    _Atomic(struct lock_job *) posted;    /* in no particular order */
    int wake;
};

static void loop_post(struct lock_loop *base, struct lock_job *job)
{
    struct loop *l = (struct loop *)(void *)base;
    struct lock_job *other = atomic_load(&l->posted);

    do
        job->next = other;
    while (!atomic_compare_exchange_weak(&l->posted, &other, job));
    eventfd_write(l->wake, 1);
}

/* False if nothing happened for a millisecond. */
static bool loop_turn(struct loop *l)
{
    struct pollfd readable = {.fd = l->wake, .events = POLLIN};
    struct lock_job *job, *next;
    eventfd_t wakeups;

    if (poll(&readable, 1, 1) != 1)
        return false;
    eventfd_read(l->wake, &wakeups);
    for (job = atomic_exchange(&l->posted, NULL); job != NULL; job = next) {
        next = job->next;
        job->run(job);
    }
    return true;
}

/* >>the task that takes */
static struct loop loop = {.base = {loop_post}};

struct taker {
    struct async_lock_task task;
    struct thread_lock_waiter waiter;
    long taken, sum;
};

static void take(void *arg, enum lock_error result)
{
    struct taker *t = arg;

    ASYNC_LOCK_TASK(&t->task, take, t, result) {
        while (t->taken < THREADS * NUMBERS) {
            ASYNC_LOCK_AWAIT_PENDING(thread_lock_acquire_async(
                &queue.filled, &t->waiter, &loop.base, take, t));
            ASYNC_LOCK_AWAIT_PENDING(thread_lock_acquire_async(
                &queue.lock, &t->waiter, &loop.base, take, t));
            t->taken += queue.count;
            for (int i = 0; i < queue.count; i++)
                t->sum += queue.number[i];
            queue.count = 0;
            thread_condition_notify(&queue.place, PLACES);
            thread_lock_release(&queue.lock);
        }
    }
}

static void start(thrd_t *thread)
{
    for (int i = 0; i < THREADS; i++)
        if (thrd_create(&thread[i], put_numbers, NULL) != thrd_success)
            abort();
}

int main(void)
{
    struct taker taker = {.taken = 0};
    thrd_t thread[THREADS];
    int ticks = 0;

    loop.wake = eventfd(0, EFD_NONBLOCK);
    if (loop.wake < 0)
        return 1;
    (thread_lock_acquire)(&queue.filled);      /* a gate has no owner */
    take(&taker, LOCK_EOK);
    while (taker.taken < THREADS * NUMBERS)
        if (!loop_turn(&loop) && ++ticks == 5)
            start(thread);
    for (int i = 0; i < THREADS; i++)
        thrd_join(thread[i], NULL);

    printf("%ld numbers, their sum is %ld\n", taker.taken, taker.sum);
    printf("the threads waited %ld times for a place\n", waits);
    printf("the loop ticked %d times while its task waited\n", ticks);
    return taker.sum != THREADS * (NUMBERS * (NUMBERS + 1L) / 2);
}
