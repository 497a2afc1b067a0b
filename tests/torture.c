/* A mixed load for as long as the command line says, on the port that the
   build chooses: every way to wait, cancels and releases by other threads,
   threads that end and begin, signals, forks.

       torture [SECONDS]

   Each lock guards a plain counter, which at the end must be what the outcomes
   add up to; the word must be zero. */
#define THREAD_LOCK_STATIC
#include "lock.h"
#include "calls.h"
#include "loop.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sched.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define LOCKS 3
#define WORKERS 8
#define LIFE 2000               /* operations until a thread is replaced */

/* ThreadSanitizer does not follow a fork of a process with threads. */
#ifdef __SANITIZE_THREAD__
#define FORKS 0
#elif !defined FORKS
#define FORKS 1
#endif

struct guarded {
    struct thread_lock lock;
    long plain;
};

static struct guarded guarded[LOCKS];
static atomic_bool stop;
static atomic_int supervisors;
static atomic_long operations, acquired, outcome[LOCK_ESYSTEM + 1], longest_us,
    threads, signals, forks;

static void die(const char *what)
{
    printf("not ok - torture %s: %s\n", THREAD_LOCK_PORT, what);
    fflush(stdout);
    _exit(1);
}

static int64_t monotonic(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

static unsigned roll(unsigned *seed)
{
    *seed = *seed * 1664525u + 1013904223u;
    return *seed >> 8;
}

/* Hold it for a moment, sometimes across a time slice. */
static void use_and_release(struct guarded *g, unsigned chance)
{
    const long seen = g->plain;

    acquired++;
    if (chance % 64 == 0)
        sched_yield();
    g->plain = seen + 1;
    if (thread_lock_release(&g->lock) != LOCK_EOK)
        die("a held lock was not released");
}

/* >>what one thread leaves to another: a lock to release, a wait to cancel */

struct wait {
    struct guarded *guarded;
    struct thread_lock_waiter waiter;
    struct loop loop;
    bool served;
    atomic_bool cancelled, given_back;
};

static _Atomic(struct guarded *) to_release;
static _Atomic(struct wait *) to_cancel;

static void help_others(unsigned chance)
{
    struct guarded *g = atomic_exchange(&to_release, NULL);
    struct wait *w = atomic_exchange(&to_cancel, NULL);

    if (g != NULL)
        use_and_release(g, chance);
    if (w == NULL)
        return;
    if (thread_lock_cancel(&w->guarded->lock, &w->waiter) == LOCK_EOK)
        w->cancelled = true;
    w->given_back = true;
}

static void leave_to_release(struct guarded *g, unsigned chance)
{
    struct guarded *none = NULL;

    if (!atomic_compare_exchange_strong(&to_release, &none, g))
        use_and_release(g, chance);
}

/* >>continuations */

static void serve(void *arg, enum lock_error result)
{
    struct wait *w = arg;

    if (result != LOCK_EOK || w->served || w->cancelled)
        die("a continuation ran that should not have");
    w->served = true;
    use_and_release(w->guarded, 1);
}

static void await(struct guarded *g, unsigned chance)
{
    struct wait w = {.guarded = g, .loop = LOOP_INIT(w.loop)}, *none = NULL,
                *mine = &w;
    bool lent;
    const enum lock_error e = thread_lock_acquire_async(
        &g->lock, &w.waiter, &w.loop.base, serve, &w);

    outcome[e]++;
    if (e == LOCK_EOK)
        use_and_release(g, chance);
    if (e != LOCK_EPENDING)
        return;
    lent = chance % 4 == 0
           && atomic_compare_exchange_strong(&to_cancel, &none, &w);
    if (!lent && chance % 4 == 1
        && thread_lock_cancel(&g->lock, &w.waiter) == LOCK_EOK)
        w.cancelled = true;
    while (!w.served && !w.cancelled) {
        loop_run(&w.loop);
        help_others(chance);
        sched_yield();
    }
    if (lent && !atomic_compare_exchange_strong(&to_cancel, &mine, NULL))
        while (!w.given_back)
            sched_yield();
    outcome[w.cancelled ? LOCK_ECANCELED : LOCK_EOK]++;
    if (w.served == w.cancelled)
        die("a wait has two outcomes, or none");
    pthread_mutex_destroy(&w.loop.mutex);
}

/* >>threads */

static void operate(unsigned *seed)
{
    const unsigned chance = roll(seed);
    struct guarded *g = &guarded[roll(seed) % LOCKS];
    const int64_t before = monotonic();
    enum lock_error e;
    long waited_us;

    operations++;
    switch (roll(seed) % 6) {
    case 0: e = thread_lock_acquire(&g->lock); break;
    case 1: e = thread_lock_try_acquire(&g->lock); break;
    case 2: e = thread_lock_acquire_for(&g->lock, chance % 200000); break;
    case 3:
        e = thread_lock_acquire_interruptible(&g->lock, chance % 2000000);
        break;
    case 4: await(g, chance); return;
    default: help_others(chance); return;
    }
    outcome[e]++;
    waited_us = (long)((monotonic() - before) / 1000);
    if (waited_us > longest_us)
        longest_us = waited_us;
    if (e == LOCK_EOK && chance % 16 == 0)
        leave_to_release(g, chance);
    else if (e == LOCK_EOK)
        use_and_release(g, chance);
}

static void *live(void *arg)
{
    unsigned seed = (unsigned)(size_t)arg;

    for (int i = 0; i < LIFE && !stop; i++)
        operate(&seed);
    return NULL;
}

/* One place at the table: a thread after the other, fired at from here. */
static void *supervise(void *arg)
{
    unsigned seed = (unsigned)(size_t)arg;
    pthread_t thread;

    while (!stop) {
        if (pthread_create(&thread, NULL, live, (void *)(size_t)roll(&seed)))
            die("no thread could be started");
        threads++;
        for (unsigned n = roll(&seed) % 32; n > 0; n--) {
            pthread_kill(thread, SIGUSR1);
            signals++;
            usleep(roll(&seed) % 2000);
        }
        pthread_join(thread, NULL);
    }
    supervisors--;
    return NULL;
}

static void handle(int number)
{
    static struct thread_lock never_waited_for;

    (void)number;
    if (thread_lock_try_acquire(&never_waited_for) == LOCK_EOK)
        thread_lock_locked(&guarded[0].lock);
}

static void fork_and_use(void)
{
    const pid_t child = fork();
    int status;

    if (child == 0) {
        for (int i = 0; i < LOCKS; i++) {
            guarded[i].lock = (struct thread_lock)THREAD_LOCK_INIT;
            if (thread_lock_acquire(&guarded[i].lock) != LOCK_EOK
                || thread_lock_release(&guarded[i].lock) != LOCK_EOK)
                _exit(1);
        }
        _exit(0);
    }
    if (child < 0)
        return;
    while (waitpid(child, &status, 0) < 0)
        continue;
    if (status != 0)
        die("the child of a fork could not use the locks");
    forks++;
}

int main(int argc, char **argv)
{
    const int seconds = argc > 1 ? atoi(argv[1]) : 5;
    struct sigaction action;
    pthread_t supervisor[WORKERS];
    long plain = 0;

    memset(&action, 0, sizeof action);
    action.sa_handler = handle;
    sigaction(SIGUSR1, &action, NULL);
    supervisors = WORKERS;
    for (size_t i = 0; i < WORKERS; i++)
        if (pthread_create(&supervisor[i], NULL, supervise, (void *)(i + 1)))
            die("no thread could be started");
    for (int s = 1; s <= seconds; s++) {
        const long before = operations;

        /* All workers may wait for a lock that is left to be released. */
        for (int i = 0; i < 500; i++) {
            usleep(2000);
            help_others(1);
            if (i % 50 == 0 && FORKS)
                fork_and_use();
        }
        fprintf(stderr, "\r%d/%d s, %ld operations", s, seconds, operations);
        if (operations == before)
            die("nothing moved for a second");
    }
    stop = true;
    while (supervisors > 0) {
        help_others(1);
        sched_yield();
    }
    for (int i = 0; i < WORKERS; i++)
        pthread_join(supervisor[i], NULL);
    help_others(1);

    for (int i = 0; i < LOCKS; i++) {
        plain += guarded[i].plain;
        if (guarded[i].lock.word != 0)
            die("a lock is not free at the end");
    }
    if (plain != acquired)
        die("the counters are not what the outcomes add up to");
    printf("\n# %ld operations:", operations);
    for (int e = 0; e <= LOCK_ESYSTEM; e++)
        if (outcome[e] != 0)
            printf(" %ld %s,", outcome[e], lock_strerror((enum lock_error)e));
    printf(" the longest wait %ld us; %ld threads, %ld signals, %ld forks\n",
           longest_us, threads, signals, forks);
    printf("ok - torture %s: nothing was lost\n", THREAD_LOCK_PORT);
    return 0;
}
