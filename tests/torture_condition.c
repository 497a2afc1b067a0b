/* A condition under load for as long as the command line says, on the port that
   the build chooses: a producer and a consumer of a queue for one item, and
   visitors who wait for a short time, and pass on what they are notified of.

       torture_condition [SECONDS]

   Each change brings one notification. If one is lost, the producer and the
   consumer wait for each other. Signals are fired at all of them. */
#define THREAD_LOCK_STATIC
#include "examples/condition.h"

#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define THREADS 8       /* the producer, the consumer, and the visitors */

static struct thread_lock lock;
static struct thread_condition not_full, not_empty;
static bool full, done;                         /* guarded by the lock, */
static long item, produced, consumed, sum;      /* as these are */
static atomic_bool stop;
static atomic_long moved, notified, timed_out;

static void die(const char *what)
{
    printf("not ok - torture condition %s: %s\n", THREAD_LOCK_PORT, what);
    fflush(stdout);
    _exit(1);
}

static void must(enum lock_error e)
{
    if (e != LOCK_EOK)
        die(lock_strerror(e));
}

static unsigned roll(unsigned *seed)
{
    *seed = *seed * 1664525u + 1013904223u;
    return *seed >> 8;
}

/* Release the lock and notify one, in either order. */
static void release_and_notify(struct thread_condition *c, bool lock_first)
{
    if (lock_first)
        thread_condition_notify(c, 1);
    must(thread_lock_release(&lock));
    if (!lock_first)
        thread_condition_notify(c, 1);
}

static void *produce(void *arg)
{
    unsigned seed = (unsigned)(size_t)arg;

    while (!stop) {
        must(thread_lock_acquire(&lock));
        while (full)
            must(thread_condition_wait(&not_full, &lock));
        full = true;
        item = ++produced;
        moved++;
        release_and_notify(&not_empty, roll(&seed) % 2);
    }
    return NULL;
}

static bool consume_one(unsigned *seed)
{
    must(thread_lock_acquire(&lock));
    while (!full && !done)
        must(thread_condition_wait(&not_empty, &lock));
    if (!full) {
        must(thread_lock_release(&lock));
        return false;
    }
    full = false;
    consumed++;
    sum += item;
    moved++;
    release_and_notify(&not_full, roll(seed) % 2);
    return true;
}

static void *consume(void *arg)
{
    unsigned seed = (unsigned)(size_t)arg;

    while (consume_one(&seed))
        continue;
    return NULL;
}

static void *visit(void *arg)
{
    unsigned seed = (unsigned)(size_t)arg;

    while (!stop) {
        struct thread_condition *c = roll(&seed) % 2 ? &not_full : &not_empty;
        enum lock_error e;

        must(thread_lock_acquire(&lock));
        e = thread_condition_wait_for(c, &lock, roll(&seed) % 100000);
        if (e == LOCK_EOK) {
            notified++;
            release_and_notify(c, roll(&seed) % 2);
        } else if (e == LOCK_ETIMEDOUT) {
            timed_out++;
            must(thread_lock_release(&lock));
        } else {
            die(lock_strerror(e));
        }
    }
    return NULL;
}

static void ignore(int number)
{
    (void)number;
}

/* For a second, fire at them, and see that they move. */
static void watch(const pthread_t *thread)
{
    const long before = moved;

    for (int i = 0; i < 500; i++) {
        usleep(2000);
        pthread_kill(thread[i % THREADS], SIGUSR1);
    }
    if (moved == before)
        die("nothing moved for a second");
}

static void hangs(int number)
{
    (void)number;
    die("it does not end");
}

static void finish(const pthread_t *thread)
{
    signal(SIGALRM, hangs);
    alarm(10);
    stop = true;
    pthread_join(thread[0], NULL);
    must(thread_lock_acquire(&lock));
    done = true;
    thread_condition_notify_all(&not_empty);
    must(thread_lock_release(&lock));
    for (int i = 1; i < THREADS; i++)
        pthread_join(thread[i], NULL);
}

int main(int argc, char **argv)
{
    const int seconds = argc > 1 ? atoi(argv[1]) : 5;
    pthread_t thread[THREADS];
    struct sigaction action;

    memset(&action, 0, sizeof action);
    action.sa_handler = ignore;
    sigaction(SIGUSR1, &action, NULL);
    for (size_t i = 0; i < THREADS; i++)
        if (pthread_create(&thread[i], NULL,
                           i == 0   ? produce
                           : i == 1 ? consume
                                    : visit,
                           (void *)(i + 1)) != 0)
            die("no thread could be started");
    for (int s = 0; s < seconds; s++)
        watch(thread);
    finish(thread);

    if (consumed != produced || sum != produced * (produced + 1) / 2)
        die("not each item was consumed once");
    if (lock.word != 0 || not_full.first != NULL || not_empty.first != NULL)
        die("something is left at the end");
    printf("# %ld items; visitors were notified %ld times, timed out %ld\n",
           produced, notified, timed_out);
    printf("ok - torture condition %s: nothing was lost\n", THREAD_LOCK_PORT);
    return 0;
}
