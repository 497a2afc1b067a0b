/* What is measured. */
#include "driver.h"
#include <dirent.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define LINE _Alignas(64)
#define MAX_THREADS 1000
#define MAX_WORKERS 16

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

struct mix {
    int threads;
    double section, pause;  /* ns */
    bool varied;            /* the pauses are random, with that mean */
};

struct worker {
    const struct contestant *c;
    struct mix mix;
    pthread_t thread;
    pthread_barrier_t *start;
    uint32_t random;
    long count;
};

/* The counter is read at the beginning of the section and written at its end,
   so that two sections at once lose one. */
static void *contend(void *arg)
{
    struct worker *w = arg;
    const struct mix *m = &w->mix;

    pthread_barrier_wait(w->start);
    while (!stopped()) {
        long seen;

        w->c->lock(shared.lock);
        seen = shared.counter;
        work(m->section);
        shared.counter = seen + 1;
        w->c->unlock(shared.lock);
        w->count++;
        work(m->varied ? random_below(&w->random, (uint32_t)(2 * m->pause))
                       : m->pause);
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

/* They begin once this thread waits for the barrier too. */
static void start_workers(struct worker *w, const struct contestant *c,
                          struct mix m, pthread_barrier_t *start)
{
    int i;

    pthread_barrier_init(start, NULL, (unsigned)m.threads + 1);
    for (i = 0; i < m.threads; i++) {
        w[i] = (struct worker){c, m, 0, start, (uint32_t)i + 1, 0};
        start_thread(&w[i].thread, contend, &w[i]);
    }
}

static void check_counter(const char *name, long expected)
{
    char how[80];

    snprintf(how, sizeof how, "%ld of %ld sections were lost",
             expected - shared.counter, expected);
    if (shared.counter != expected)
        broken(name, how);
}

/* >>other processes that use the processors */

#define MAX_BUSY 256

static pid_t busy[MAX_BUSY];

static int processors(void)
{
    const long n = sysconf(_SC_NPROCESSORS_ONLN);

    return n < MAX_BUSY ? (int)n : MAX_BUSY;
}

/* One for each processor. They end with us, however we end. */
static void start_busy(void)
{
    const pid_t us = getpid();
    int i;

    for (i = 0; i < processors(); i++) {
        busy[i] = fork();
        while (busy[i] == 0 && getppid() == us)
            work(1e6);
        if (busy[i] == 0)
            _exit(0);
    }
}

static void stop_busy(void)
{
    int i;

    for (i = 0; i < processors(); i++)
        if (busy[i] > 0) {
            kill(busy[i], SIGKILL);
            waitpid(busy[i], NULL, 0);
        }
}

/* >>throughput */

static void figure_of(const char *workload, const char *what,
                      const struct contestant *c, double value,
                      const char *case_)
{
    char name[40];

    snprintf(name, sizeof name, "%s %s", workload, what);
    figure(name, c->name, value, "%s", case_);
}

static double seconds(clockid_t clock)
{
    struct timespec t;

    clock_gettime(clock, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

/* Let threads contend for so long. The figures are sections a second, how even
   they were shared, and how many processors the threads used. */
static void throughput(const char *workload, const struct contestant *c,
                       struct mix m, double ns)
{
    struct worker w[MAX_WORKERS];
    pthread_barrier_t barrier;
    char case_[80];
    long sum = 0, least = INT64_MAX, most = 0;
    double s, used;
    int i;

    new_lock(c);
    start_workers(w, c, m, &barrier);
    pthread_barrier_wait(&barrier);
    s = seconds(CLOCK_MONOTONIC);
    used = seconds(CLOCK_PROCESS_CPUTIME_ID);
    nap((int64_t)(ns * scale));
    atomic_store(&shared.stop, true);
    s = seconds(CLOCK_MONOTONIC) - s;
    used = seconds(CLOCK_PROCESS_CPUTIME_ID) - used;
    for (i = 0; i < m.threads; i++) {
        pthread_join(w[i].thread, NULL);
        sum += w[i].count;
        least = w[i].count < least ? w[i].count : least;
        most = w[i].count > most ? w[i].count : most;
    }
    check_counter(c->name, sum);
    snprintf(case_, sizeof case_, "%d threads, %g us in, %s%g us out",
             m.threads, m.section / 1e3, m.varied ? "0 to " : "",
             (m.varied ? 2 : 1) * m.pause / 1e3);
    figure(workload, c->name, (double)sum / s, "%s", case_);
    figure_of(workload, "min/max", c,
              most == 0 ? 1 : (double)least / (double)most, case_);
    figure_of(workload, "cores busy", c, used / s, case_);
}

/* Cases 0 to 15: 2, 4, 8 and 16 threads, four kinds of each. */
static void contended(const struct contestant *c, int case_)
{
    static const struct mix kinds[] = {{0, 0, 200, true},
                                       {0, 100, 100, false},
                                       {0, 100, 200, true},
                                       {0, 1000, 1000, false}};
    struct mix m = kinds[case_ % 4];

    m.threads = 2 << case_ / 4;
    throughput("contended", c, m, 120e6);
}

/* Sections so long that waiting threads go to sleep. */
static const struct mix convoys[] = {{4, 3e3, 3e3, false},
                                     {4, 10e3, 0, false},
                                     {8, 10e3, 10e3, false},
                                     {16, 10e3, 100e3, false},
                                     {8, 100e3, 100e3, false}};

static void convoy(const struct contestant *c, int case_)
{
    throughput("convoy", c, convoys[case_], 150e6);
}

static void busy_convoy(const struct contestant *c, int case_)
{
    start_busy();
    throughput("busy convoy", c, convoys[case_], 400e6);
    stop_busy();
}

/* For the picture: each pause is as long as a section. */
static void sections(const struct contestant *c, int case_)
{
    static const double lengths[] = {0, 100, 300, 1e3, 3e3, 10e3, 30e3, 100e3};
    const double ns = lengths[case_];

    throughput("sections", c, (struct mix){8, ns, ns, false}, 100e6);
}

/* >>hogs */

#define MAX_WAITS 100000

static double waits[MAX_WAITS];

/* Want the lock now and then, and note how long each wait was. */
static long want(const struct contestant *c)
{
    uint32_t random = 1;
    long n = 0;

    do {
        int64_t start;
        long seen;

        nap(random_below(&random, 100000));
        start = now_ns();
        c->lock(shared.lock);
        waits[n++] = (double)(now_ns() - start) / 1e3;
        seen = shared.counter;
        work(100);
        shared.counter = seen + 1;
        c->unlock(shared.lock);
    } while (!stopped() && n < MAX_WAITS);
    return n;
}

static void *stop_later(void *ns)
{
    nap((int64_t)(*(const double *)ns * scale));
    atomic_store(&shared.stop, true);
    return NULL;
}

struct hogs {
    int hogs;
    double section, ns;
    const char *name;
};

static void hog_figures(const char *workload, const struct contestant *c,
                        const char *case_, long n)
{
    static const double quantiles[] = {.01, .1, .25, .5, .75, .9, .95, .99, 1};
    double sum = 0;
    size_t q;
    long i;

    for (i = 0; i < n; i++)
        sum += waits[i];
    figure_of(workload, "mean", c, sum / (double)n, case_);
    figure_of(workload, "median", c, quantile(waits, n, .5), case_);
    figure_of(workload, "p99", c, quantile(waits, n, .99), case_);
    for (q = 0; q < sizeof quantiles / sizeof *quantiles; q++) {
        char which[80];

        snprintf(which, sizeof which, "%s, %g", case_, quantiles[q]);
        figure_of(workload, "wait", c, quantile(waits, n, quantiles[q]),
                  which);
    }
}

/* Hogs take the lock again as soon as they have released it. This thread wants
   it now and then. Another thread stops them, because this one may wait for
   ever. A single hog and this thread run on two processors, because otherwise
   the scheduler's choice would be measured. */
static void hog(const char *workload, const struct contestant *c,
                const struct hogs *h)
{
    struct worker w[MAX_WORKERS];
    pthread_t stopper;
    pthread_barrier_t barrier;
    cpu_set_t allowed;
    double start, s;
    long n, sum = 0;
    int i;

    new_lock(c);
    sched_getaffinity(0, sizeof allowed, &allowed);
    start_thread(&stopper, stop_later, (void *)(uintptr_t)&h->ns);
    if (h->hogs == 1)
        pin(1, &allowed);
    start_workers(w, c, (struct mix){h->hogs, h->section, 0, false}, &barrier);
    if (h->hogs == 1)
        pin(0, &allowed);
    pthread_barrier_wait(&barrier);
    start = seconds(CLOCK_MONOTONIC);
    n = want(c);
    s = seconds(CLOCK_MONOTONIC) - start;
    sched_setaffinity(0, sizeof allowed, &allowed);
    pthread_join(stopper, NULL);
    for (i = 0; i < h->hogs; i++) {
        pthread_join(w[i].thread, NULL);
        sum += w[i].count;
    }
    check_counter(c->name, sum + n);
    hog_figures(workload, c, h->name, n);
    figure_of(workload, "throughput", c, (double)sum / s, h->name);
}

static void hogs(const struct contestant *c, int case_)
{
    static const struct hogs cases[] = {{1, 10e3, 300e6, "1 hog, 10 us"},
                                        {1, 50e3, 300e6, "1 hog, 50 us"},
                                        {4, 10e3, 300e6, "4 hogs, 10 us"},
                                        {2, 100e3, 300e6, "2 hogs, 100 us"}};

    hog("hogs", c, &cases[case_]);
}

static void busy_hogs(const struct contestant *c, int case_)
{
    static const struct hogs one = {1, 10e3, 1000e6, "1 hog, 10 us"};

    (void)case_;
    start_busy();
    hog("busy hogs", c, &one);
    stop_busy();
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

/* Which contestants take part. */
#define ALL "*"
#define NO_LIMIT "!(limit)"
#define FEW "@(* linux|* c11|parking_lot|Rust std|pthread_mutex_t)"

const struct workload workloads[] = {
    {"uncontended", 1, ALL, uncontended, NULL},
    {"failing try", 1, ALL, failing_try, NULL},
    {"timed acquire", 1, ALL, timed_acquire, NULL},
    {"lateness", 1, ALL, lateness, NULL},
    {"bytes", 1, ALL, size, async_size},
    {"contended", 16, NO_LIMIT, contended, NULL},
    {"convoy", 5, NO_LIMIT, convoy, NULL},
    {"sections", 8, FEW, sections, NULL},
    {"hogs", 4, NO_LIMIT, hogs, NULL},
    {"busy convoy", 5, FEW, busy_convoy, NULL},
    {"busy hogs", 1, FEW, busy_hogs, NULL},
    {"ping-pong", 2, NO_LIMIT, ping_pong, NULL},
    {"release", 2, NO_LIMIT, release_to_sleepers, NULL},
    {"async uncontended", 1, ALL, NULL, async_uncontended},
    {"async hand-over", 6, ALL, NULL, hand_over},
    {"async cancel", 6, ALL, NULL, cancel},
    {NULL, 0, NULL, NULL, NULL},
};
