/* What is measured. */
#include "driver.h"
#include <dirent.h>
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define LINE _Alignas(64)
#define MAX_THREADS 1000

/* The lock of one measurement, what it guards, and the order to stop, each in a
   cache line of its own. */
static struct {
    LINE unsigned char lock[MAX_LOCK_SIZE];
    LINE volatile long counter;
    LINE atomic_bool stop;
} shared;

static void *new_lock(const struct contestant *c)
{
    memset(&shared, 0, sizeof shared);
    c->init(shared.lock);
    return shared.lock;
}

static bool stopped(void)
{
    return atomic_load_explicit(&shared.stop, memory_order_relaxed);
}

/* >>one thread */

static void *sleep_on(void *arg)
{
    (void)arg;
    while (pause())
        continue;
    return NULL;
}

/* glibc spares its atomics while there is but one thread. */
void keep_a_thread_asleep(void)
{
    pthread_t thread;

    if (pthread_create(&thread, NULL, sleep_on, NULL) != 0)
        exit(1);
    pthread_detach(thread);
}

static long times(double n)
{
    return (long)(n * scale) + 1;
}

static void uncontended(const struct contestant *c, int case_)
{
    void *l = new_lock(c);
    const long n = times(1e6);
    int64_t start = now_ns();
    long i;

    (void)case_;
    c->pairs(l, n);
    figure("uncontended", c->name, (double)(now_ns() - start) / (double)n,
           "inline");
    start = now_ns();
    for (i = 0; i < n; i++) {
        c->lock(l);
        c->unlock(l);
    }
    figure("uncontended", c->name, (double)(now_ns() - start) / (double)n,
           "called");
}

static void failing_try(const struct contestant *c, int case_)
{
    void *l = new_lock(c);
    const long n = times(1e6);
    int64_t start;
    long i, got = 0;

    (void)case_;
    if (c->tries == NULL)
        return;
    c->lock(l);
    start = now_ns();
    got += c->tries(l, n);
    figure("failing try", c->name, (double)(now_ns() - start) / (double)n,
           "inline");
    start = now_ns();
    for (i = 0; i < n; i++)
        got += c->try_lock(l);
    figure("failing try", c->name, (double)(now_ns() - start) / (double)n,
           "called");
    if (got != 0)
        broken(c->name, "a try got a lock that was held");
    c->unlock(l);
}

static void timed_acquire(const struct contestant *c, int case_)
{
    void *l = new_lock(c);
    const long n = times(5e5);
    int64_t start = now_ns();
    long i, got = 0;

    (void)case_;
    if (c->lock_for == NULL)
        return;
    for (i = 0; i < n; i++) {
        got += c->lock_for(l, 1000000000);
        c->unlock(l);
    }
    figure("timed acquire of a free lock", c->name,
           (double)(now_ns() - start) / (double)n, "called");
    if (got != n)
        broken(c->name, "a timed acquire did not get a free lock");
}

static void lateness(const struct contestant *c, int case_)
{
    enum { N = 21 };
    void *l = new_lock(c);
    double late[N];
    int i;

    (void)case_;
    if (c->lock_for == NULL)
        return;
    c->lock(l);
    for (i = 0; i < N; i++) {
        const int64_t start = now_ns();

        if (c->lock_for(l, 1000000))
            broken(c->name, "a timed acquire got a lock that was held");
        late[i] = (double)(now_ns() - start) / 1e3 - 1000;
    }
    figure("lateness of 1 ms", c->name, quantile(late, N, .5), "us");
    c->unlock(l);
}

static void size(const struct contestant *c, int case_)
{
    (void)case_;
    if (!c->is_limit)
        figure("bytes", c->name, (double)c->size, "lock");
}

/* >>many threads */

/* Run this thread, and those that it starts from now on, on the first (0) or
   second (1) of the processors that we may use; false if there is none. */
static bool pin(int n, const cpu_set_t *allowed)
{
    cpu_set_t one;
    size_t cpu;

    CPU_ZERO(&one);
    for (cpu = 0; cpu < CPU_SETSIZE; cpu++)
        if (CPU_ISSET(cpu, allowed) && n-- == 0)
            CPU_SET(cpu, &one);
    return sched_setaffinity(0, sizeof one, &one) == 0;
}

struct worker {
    const struct contestant *c;
    pthread_t thread;
    pthread_barrier_t *start;
    double section, pause;  /* ns */
    bool varied;            /* the pauses are random, with that mean */
    uint32_t random;
    long count;
};

/* The counter is read at the beginning of the section and written at its end,
   so that two sections at once lose one. */
static void *contend(void *arg)
{
    struct worker *w = arg;

    pthread_barrier_wait(w->start);
    while (!stopped()) {
        long seen;

        w->c->lock(shared.lock);
        seen = shared.counter;
        work(w->section);
        shared.counter = seen + 1;
        w->c->unlock(shared.lock);
        w->count++;
        work(w->varied ? random_below(&w->random, (uint32_t)(2 * w->pause))
                       : w->pause);
    }
    return NULL;
}

static void start_thread(pthread_t *thread, void *(*body)(void *), void *arg)
{
    if (pthread_create(thread, NULL, body, arg) == 0)
        return;
    fprintf(stderr, "\nno thread to be had\n");
    exit(1);
}

static void check_counter(const char *name, long expected)
{
    char how[80];

    snprintf(how, sizeof how, "%ld of %ld sections were lost",
             expected - shared.counter, expected);
    if (shared.counter != expected)
        broken(name, how);
}

static const struct {
    double section, pause;
    bool varied;
} kinds[] = {
    {0, 200, true},
    {100, 100, false},
    {100, 200, true},
    {1000, 1000, false},
};

/* Cases 0 to 15: 2, 4, 8 and 16 threads, four kinds of each. */
static void contended(const struct contestant *c, int case_)
{
    const int n = 2 << case_ / 4, kind = case_ % 4;
    struct worker w[16];
    pthread_barrier_t barrier;
    int64_t start;
    long sum = 0, least = INT64_MAX, most = 0;
    double s;
    int i;

    new_lock(c);
    pthread_barrier_init(&barrier, NULL, (unsigned)n + 1);
    for (i = 0; i < n; i++) {
        w[i] = (struct worker){
            c, 0, &barrier, kinds[kind].section, kinds[kind].pause,
            kinds[kind].varied, (uint32_t)i + 1, 0};
        start_thread(&w[i].thread, contend, &w[i]);
    }
    pthread_barrier_wait(&barrier);
    start = now_ns();
    nap((int64_t)(150e6 * scale));
    atomic_store(&shared.stop, true);
    s = (double)(now_ns() - start) / 1e9;
    for (i = 0; i < n; i++) {
        pthread_join(w[i].thread, NULL);
        sum += w[i].count;
        least = w[i].count < least ? w[i].count : least;
        most = w[i].count > most ? w[i].count : most;
    }
    check_counter(c->name, sum);
    figure("contended", c->name, (double)sum / s,
           "%d threads, %g ns, %s pause %g ns", n, kinds[kind].section,
           kinds[kind].varied ? "varied" : "fixed", kinds[kind].pause);
    figure("contended min/max", c->name, (double)least / (double)most,
           "%d threads, %g ns, %s pause %g ns", n, kinds[kind].section,
           kinds[kind].varied ? "varied" : "fixed", kinds[kind].pause);
}

static void *burn(void *arg)
{
    (void)arg;
    while (!stopped())
        work(1000);
    return NULL;
}

#define MAX_WAITS 100000

/* One takes the lock again as soon as it has released it. This thread wants it
   now and then, and takes the time. Who stops the other is a third, lest this
   one wait for ever. The two run on two processors, lest what is measured be
   where the scheduler has put them. */
static void *stop_later(void *ns)
{
    nap((int64_t)(*(const double *)ns * scale));
    atomic_store(&shared.stop, true);
    return NULL;
}

static void hog(const struct contestant *c, int case_)
{
    static const struct {
        double section, ns;
        int burners;
        const char *name;
    } cases[] = {{10e3, 300e6, 0, "10 us"},
                 {50e3, 300e6, 0, "50 us"},
                 {10e3, 1000e6, 2, "10 us, two burners"}};
    static double waits[MAX_WAITS];
    static const double quantiles[] = {.01, .1, .25, .5, .75, .9, .95, .99, 1};
    struct worker w = {.c = c, .section = cases[case_].section};
    pthread_t burners[2], stopper;
    pthread_barrier_t barrier;
    cpu_set_t allowed;
    uint32_t random = 1;
    double sum = 0;
    long n = 0;
    size_t q;
    int i;

    new_lock(c);
    pthread_barrier_init(&barrier, NULL, 2);
    w.start = &barrier;
    sched_getaffinity(0, sizeof allowed, &allowed);
    for (i = 0; i < cases[case_].burners; i++)
        start_thread(&burners[i], burn, NULL);
    start_thread(&stopper, stop_later, (void *)(uintptr_t)&cases[case_].ns);
    pin(1, &allowed);
    start_thread(&w.thread, contend, &w);
    pin(0, &allowed);
    pthread_barrier_wait(&barrier);
    do {
        int64_t start;
        long seen;

        nap(random_below(&random, 100000));
        start = now_ns();
        c->lock(shared.lock);
        waits[n] = (double)(now_ns() - start) / 1e3;
        seen = shared.counter;
        work(100);
        shared.counter = seen + 1;
        c->unlock(shared.lock);
        sum += waits[n++];
    } while (!stopped() && n < MAX_WAITS);
    sched_setaffinity(0, sizeof allowed, &allowed);
    pthread_join(stopper, NULL);
    pthread_join(w.thread, NULL);
    for (i = 0; i < cases[case_].burners; i++)
        pthread_join(burners[i], NULL);
    check_counter(c->name, w.count + n);
    figure("hog mean", c->name, sum / (double)n, "%s", cases[case_].name);
    figure("hog median", c->name, quantile(waits, n, .5), "%s",
           cases[case_].name);
    figure("hog p99", c->name, quantile(waits, n, .99), "%s",
           cases[case_].name);
    for (q = 0; q < sizeof quantiles / sizeof *quantiles; q++)
        figure("hog wait", c->name, quantile(waits, n, quantiles[q]),
               "%s, %g", cases[case_].name, quantiles[q]);
}

/* >>two threads that take turns */

struct player {
    const struct contestant *c;
    pthread_t thread;
    void *mine, *other;
    long turns;
};

static void *play(void *arg)
{
    struct player *p = arg;
    long i;

    for (i = 0; i < p->turns; i++) {
        p->c->lock(p->mine);
        shared.counter = shared.counter + 1;
        p->c->unlock(p->other);
    }
    return NULL;
}

static void ping_pong(const struct contestant *c, int case_)
{
    static _Alignas(64) unsigned char second[MAX_LOCK_SIZE];
    const long n = times(10000);
    struct player a = {c, 0, new_lock(c), second, n};
    struct player b = {c, 0, second, shared.lock, n};
    cpu_set_t allowed;
    int64_t start;

    sched_getaffinity(0, sizeof allowed, &allowed);
    if (!c->any_thread_unlocks || (case_ == 0 && CPU_COUNT(&allowed) < 2))
        return;
    memset(second, 0, sizeof second);
    c->init(second);
    c->lock(second);
    start = now_ns();
    pin(0, &allowed);
    start_thread(&a.thread, play, &a);
    pin(case_ == 0 ? 1 : 0, &allowed);
    start_thread(&b.thread, play, &b);
    sched_setaffinity(0, sizeof allowed, &allowed);
    pthread_join(a.thread, NULL);
    pthread_join(b.thread, NULL);
    check_counter(c->name, 2 * n);
    figure("ping-pong", c->name, (double)(now_ns() - start) / 2e3 / (double)n,
           case_ == 0 ? "two cores" : "one core");
}

/* >>a release while many sleep */

static void *want_once(void *arg)
{
    const struct contestant *c = arg;

    c->lock(shared.lock);
    c->unlock(shared.lock);
    return NULL;
}

static int sleeping_threads(void)
{
    DIR *tasks = opendir("/proc/self/task");
    struct dirent *task;
    int n = 0;

    while (tasks != NULL && (task = readdir(tasks)) != NULL) {
        char path[300], state = 0;
        FILE *f;

        snprintf(path, sizeof path, "/proc/self/task/%s/stat", task->d_name);
        if ((f = fopen(path, "r")) == NULL)
            continue;
        if (fscanf(f, "%*d (%*[^)]) %c", &state) == 1)
            n += state == 'S';
        fclose(f);
    }
    closedir(tasks);
    return n;
}

/* How long a release takes when n threads sleep on the lock. */
static double release_before(const struct contestant *c, int n)
{
    static pthread_t threads[MAX_THREADS];
    const int already = sleeping_threads();
    int64_t start, took;
    int i;

    new_lock(c);
    c->lock(shared.lock);
    for (i = 0; i < n; i++)
        start_thread(&threads[i], want_once, (void *)(uintptr_t)c);
    while (sleeping_threads() < already + n)
        nap(1000000);
    start = now_ns();
    c->unlock(shared.lock);
    took = now_ns() - start;
    for (i = 0; i < n; i++)
        pthread_join(threads[i], NULL);
    return (double)took;
}

static void release_to_sleepers(const struct contestant *c, int case_)
{
    const int n = case_ == 0 ? 1 : MAX_THREADS;
    double took[3];
    int i;

    for (i = 0; i < (scale < 1 ? 1 : 3); i++)
        took[i] = release_before(c, n);
    figure("release", c->name, quantile(took, i, .5), "%d asleep", n);
}

/* >>one event loop */

static void async_size(const struct async_contestant *a, int case_)
{
    (void)case_;
    if (a->lock_size != 0)
        figure("async bytes", a->name, (double)a->lock_size, "lock");
    if (a->waiter_size != 0)
        figure("async bytes", a->name, (double)a->waiter_size, "waiter");
}

static void async_uncontended(const struct async_contestant *a, int case_)
{
    (void)case_;
    figure("async uncontended", a->name, a->uncontended(times(1e6)), "pair");
}

static const long queues[] = {10, 100, 1000, 10000, 100000, 1000000};

static void hand_over(const struct async_contestant *a, int case_)
{
    const long n = queues[case_];
    const double ns = a->hand_over(n, times(1e6 / (double)n));

    if (ns >= 0)
        figure("async hand-over", a->name, ns, "%ld waiting", n);
}

static void cancel(const struct async_contestant *a, int case_)
{
    const long n = queues[case_];
    const double ns = a->cancel(n, times(2e5 / (double)n));

    if (ns >= 0)
        figure("async cancel", a->name, ns, "%ld waiting", n);
}

const struct workload workloads[] = {
    {"uncontended", 1, false, uncontended, NULL},
    {"failing try", 1, false, failing_try, NULL},
    {"timed acquire", 1, false, timed_acquire, NULL},
    {"lateness", 1, false, lateness, NULL},
    {"bytes", 1, false, size, async_size},
    {"contended", 16, true, contended, NULL},
    {"hog", 3, true, hog, NULL},
    {"ping-pong", 2, true, ping_pong, NULL},
    {"release", 2, true, release_to_sleepers, NULL},
    {"async uncontended", 1, false, NULL, async_uncontended},
    {"async hand-over", 6, false, NULL, hand_over},
    {"async cancel", 6, false, NULL, cancel},
    {NULL, 0, false, NULL, NULL},
};
