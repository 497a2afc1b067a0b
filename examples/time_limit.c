/* time_limit.c - a wait that ends when it has lasted too long

   async_lock knows no clock, for your loop has one: a timer that cancels the
   wait makes a time limit. This is the recipe, acquire_for. Cancel decides: if
   it says LOCK_EOK, the wait is over and its function will not be called, even
   where the lock was on its way to it: that then goes to the next in line.

   The loop's clock is a simulated one, which jumps to the next timer when there
   is nothing else to do. Prints what becomes of four clients, and when; c gives
   up in the moment in which it is handed the lock, and d gets it.           */

#define ASYNC_LOCK_IMPLEMENTATION
#include "async_lock.h"

#include <stdio.h>

/* >>loop: posted jobs and timers */
struct timer {
    struct timer *next;
    int due;
    void (*fn)(void *arg);
    void *arg;
};

static struct lock_job *jobs, **jobs_end = &jobs;
static struct timer *timers;            /* the first is due first */
static int now;

static void post(struct lock_loop *loop, struct lock_job *job)
{
    (void)loop;
    job->next = NULL;
    *jobs_end = job;
    jobs_end = &job->next;
}

static void start(struct timer *t, int ms, void (*fn)(void *arg), void *arg)
{
    struct timer **at = &timers;

    *t = (struct timer){.due = now + ms, .fn = fn, .arg = arg};
    while (*at != NULL && (*at)->due <= t->due)
        at = &(*at)->next;
    t->next = *at;
    *at = t;
}

static void stop(const struct timer *t)
{
    struct timer **at = &timers;

    while (*at != t)
        at = &(*at)->next;
    *at = t->next;
}

/* Run the timers that are due and then a job; or else let time pass. Each may
   be gone, or started anew, as soon as it runs: so it is forgotten before. */
static void turn(void)
{
    struct lock_job *job = jobs;
    struct timer *t = timers;

    if (t != NULL && t->due <= now) {
        timers = t->next;
        t->fn(t->arg);
    } else if (job != NULL) {
        jobs = job->next;
        jobs_end = jobs != NULL ? jobs_end : &jobs;
        job->run(job);
    } else if (t != NULL) {
        now = t->due;
    }
}

/* >>recipe */
struct limited {
    struct async_lock_waiter waiter;
    struct async_lock *lock;
    struct timer timer;
    lock_fn *fn;
    void *arg;
};

static void granted(void *limited, enum lock_error result)
{
    struct limited *w = limited;

    stop(&w->timer);
    w->fn(w->arg, result);
}

static void time_up(void *limited)
{
    struct limited *w = limited;

    if (async_lock_cancel(w->lock, &w->waiter) == LOCK_EOK)
        w->fn(w->arg, LOCK_ETIMEDOUT);
}

/* As async_lock_acquire, but fn(arg, LOCK_ETIMEDOUT) when ms have passed. */
static enum lock_error acquire_for(struct async_lock *l, struct limited *w,
                                   int ms, lock_fn *fn, void *arg)
{
    const enum lock_error e = async_lock_acquire(l, &w->waiter, granted, w);

    if (e != LOCK_EPENDING)
        return e;
    w->lock = l;
    w->fn = fn;
    w->arg = arg;
    start(&w->timer, ms, time_up, w);
    return LOCK_EPENDING;
}

/* >>clients: each wants the lock for 30 ms */
struct client { char name; int limit; struct limited wait; struct timer work; };

static struct lock_loop loop = {post};
static struct async_lock lock;

static void finish(void *client)
{
    printf("%2d ms: %c releases\n", now, ((struct client *)client)->name);
    async_lock_release(&lock);
}

static void begin(void *client, enum lock_error result)
{
    struct client *c = client;

    printf("%2d ms: %c %s\n", now, c->name, lock_strerror(result));
    if (result == LOCK_EOK)
        start(&c->work, 30, finish, c);
}

int main(void)
{
    static struct client clients[4] = {
        {.name = 'a', .limit = 10}, {.name = 'b', .limit = 10},
        {.name = 'c', .limit = 30}, {.name = 'd', .limit = 50}};

    async_lock_init(&lock, &loop);
    for (struct client *c = clients; c < clients + 4; c++)
        if (acquire_for(&lock, &c->wait, c->limit, begin, c) == LOCK_EOK)
            begin(c, LOCK_EOK);
    while (async_lock_locked(&lock))
        turn();
    return 0;
}
