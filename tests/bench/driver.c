/* The benchmark: measures every workload for every contestant that is linked
   in, a round of all, then the next round, and writes one line for each figure:
   workload, case, contestant, round, value. */
#include "driver.h"
#include <fnmatch.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

struct contestant *contestants;
struct async_contestant *async_contestants;
double scale = 1;

static FILE *figures, *pending;    /* of the present measurement */
static char *written;
static size_t room;
static const char *only_workload = "*", *only_contestant = "*";
static int rounds = 5, round_now;
static double patience;         /* s that each workload may repeat */
static double patience_left;
static int repeated;

void enter_contestant(struct contestant *c)
{
    struct contestant **end = &contestants;

    while (*end != NULL)
        end = &(*end)->next;
    *end = c;
}

void enter_async_contestant(struct async_contestant *c)
{
    struct async_contestant **end = &async_contestants;

    while (*end != NULL)
        end = &(*end)->next;
    *end = c;
}

void broken(const char *name, const char *how)
{
    fprintf(stderr, "\n%s is broken: %s\n", name, how);
    exit(1);
}

/* >>time */

int64_t now_ns(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

void nap(int64_t ns)
{
    const struct timespec t = {ns / 1000000000, ns % 1000000000};

    nanosleep(&t, NULL);
}

static double loops_per_ns;

static void loop(long n)
{
    for (; n > 0; n--)
        __asm__ volatile("");
}

/* The shortest of many, for whatever disturbs it makes it longer. */
static void calibrate(void)
{
    const long n = 100000;
    int64_t best = INT64_MAX;
    int i;

    for (i = 0; i < 100; i++) {
        const int64_t start = now_ns();
        int64_t took;

        loop(n);
        took = now_ns() - start;
        best = took < best ? took : best;
    }
    loops_per_ns = (double)n / (double)best;
}

void work(double ns)
{
    loop((long)(ns * loops_per_ns));
}

uint32_t random_below(uint32_t *state, uint32_t bound)
{
    *state ^= *state << 13;
    *state ^= *state >> 17;
    *state ^= *state << 5;
    return bound == 0 ? 0 : *state % bound;
}

void shuffled(uint32_t *order, long n)
{
    uint32_t state = 1;
    long i;

    for (i = 0; i < n; i++) {
        const uint32_t j = random_below(&state, (uint32_t)i + 1);

        order[i] = order[j];
        order[j] = (uint32_t)i;
    }
}

static int ascending(const void *a, const void *b)
{
    const double x = *(const double *)a, y = *(const double *)b;

    return (x > y) - (x < y);
}

double quantile(double *values, long n, double q)
{
    qsort(values, (size_t)n, sizeof *values, ascending);
    return values[(long)(q * (double)(n - 1) + .5)];
}

/* >>figures */

void figure(const char *workload, const char *name, double value,
            const char *case_, ...)
{
    va_list args;

    fprintf(pending, "%s\t", workload);
    va_start(args, case_);
    vfprintf(pending, case_, args);
    va_end(args);
    fprintf(pending, "\t%s\t%d\t%.6g\n", name, round_now, value);
}

/* >>load */

struct usage {
    double wall, all, own;  /* seconds, and seconds of processors */
};

static double seconds(struct timeval t)
{
    return (double)t.tv_sec + (double)t.tv_usec / 1e6;
}

static struct usage usage(void)
{
    struct usage u = {.wall = (double)now_ns() / 1e9};
    double user, nice, system, idle, wait, irq, soft;
    struct rusage own, children;
    FILE *stat = fopen("/proc/stat", "r");

    getrusage(RUSAGE_SELF, &own);
    getrusage(RUSAGE_CHILDREN, &children);
    u.own = seconds(own.ru_utime) + seconds(own.ru_stime)
            + seconds(children.ru_utime) + seconds(children.ru_stime);
    if (stat == NULL)
        return u;
    if (fscanf(stat, "cpu %lf %lf %lf %lf %lf %lf %lf", &user, &nice, &system,
               &idle, &wait, &irq, &soft) == 7)
        u.all = (user + nice + system + irq + soft)
                / (double)sysconf(_SC_CLK_TCK);
    fclose(stat);
    return u;
}

static struct usage since(struct usage start)
{
    const struct usage end = usage();

    return (struct usage){end.wall - start.wall, end.all - start.all,
                          end.own - start.own};
}

/* The share of all processors that is this many seconds of one, in per cent. */
static double share(struct usage u, double used)
{
    const double there = u.wall * (double)sysconf(_SC_NPROCESSORS_ONLN);

    return used <= 0 ? 0 : 100 * used / there;
}

static void show_load(const struct workload *w, struct usage u)
{
    char load[64] = "?\n";
    FILE *f = fopen("/proc/loadavg", "r");

    if (f != NULL && fgets(load, sizeof load, f) == NULL)
        load[0] = '\0';
    if (f != NULL)
        fclose(f);
    load[strcspn(load, "\n")] = '\0';
    printf("# %s: %.0f s; the processors were used to %.0f %% by us, to %.0f %%"
           " by others; loadavg %s; %d measured again\n",
           w->name, u.wall, share(u, u.own), share(u, u.all - u.own), load,
           repeated);
    repeated = 0;
    fflush(stdout);
    figure("load", "others", share(u, u.all - u.own), "%s", w->name);
}

/* >>rounds */

static void progress(const char *workload, const char *name)
{
    if (isatty(2))
        fprintf(stderr, "\r\033[K%s, round %d of %d: %s", workload,
                round_now + 1, rounds, name);
}

static bool chosen(const char *name)
{
    return fnmatch(only_contestant, name, FNM_EXTMATCH) == 0;
}

static void commit(void)
{
    fflush(pending);
    fwrite(written, 1, (size_t)ftell(pending), figures);
    rewind(pending);
}

#define CROWDED 20  /* per cent of the processors that others may use */

/* Measure again, as far as patience goes, if others used the processors in the
   meantime. What was measured has no say in that. The system counts in ticks
   of 10 ms, too coarse to judge what is over sooner. */
static void measure(const struct workload *w, int case_,
                    const struct contestant *c,
                    const struct async_contestant *a)
{
    struct usage u;

    for (;;) {
        const struct usage start = usage();

        progress(w->name, c != NULL ? c->name : a->name);
        if (c != NULL)
            w->measure(c, case_);
        else
            w->measure_async(a, case_);
        u = since(start);
        if (patience_left <= 0 || u.wall < .02
            || share(u, u.all - u.own) < CROWDED)
            break;
        rewind(pending);
        nap(100000000);
        patience_left -= u.wall + .1;
        repeated++;
    }
    commit();
}

static bool takes_part(const struct workload *w, const struct contestant *c)
{
    if (c->is_broken)
        return strcmp(only_contestant, c->name) == 0;
    return chosen(c->name)
           && fnmatch(w->contestants, c->name, FNM_EXTMATCH) == 0;
}

static void measure_all(const struct workload *w, int case_)
{
    struct contestant *c;
    struct async_contestant *a;

    if (w->measure != NULL)
        for (c = contestants; c != NULL; c = c->next)
            if (takes_part(w, c))
                measure(w, case_, c, NULL);
    if (w->measure_async != NULL)
        for (a = async_contestants; a != NULL; a = a->next)
            if (chosen(a->name))
                measure(w, case_, NULL, a);
}

static void run(const struct workload *w)
{
    const struct usage start = usage();
    int i;

    patience_left = patience;
    for (i = 0; i < w->cases; i++)
        for (round_now = 0; round_now < rounds; round_now++)
            measure_all(w, i);
    round_now = 0;
    if (isatty(2))
        fprintf(stderr, "\r\033[K");
    show_load(w, since(start));
    commit();
}

int main(int argc, char **argv)
{
    const struct workload *w;
    int option;

    while ((option = getopt(argc, argv, "w:c:r:s:p:")) != -1)
        switch (option) {
        case 'w': only_workload = optarg; break;
        case 'c': only_contestant = optarg; break;
        case 'r': rounds = atoi(optarg); break;
        case 's': scale = atof(optarg); break;
        case 'p': patience = atof(optarg); break;
        default:  return 2;
        }
    if (optind >= argc || (figures = fopen(argv[optind], "w")) == NULL) {
        fprintf(stderr, "usage: %s [-w workloads] [-c contestants] [-r rounds]"
                        " [-s scale of durations] [-p seconds of patience]"
                        " FIGURES\n", argv[0]);
        return 2;
    }
    pending = open_memstream(&written, &room);
    calibrate();
    keep_a_thread_asleep();
    for (w = workloads; w->name != NULL; w++)
        if (fnmatch(only_workload, w->name, FNM_EXTMATCH) == 0)
            run(w);
    return fclose(figures) == 0 ? 0 : 1;
}
