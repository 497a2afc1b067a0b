/* What the parts of the driver know of each other. */
#ifndef DRIVER_H
#define DRIVER_H

#include "bench.h"

struct workload {
    const char *name;
    int cases;
    const char *contestants;    /* a pattern: which locks take part */
    void (*measure)(const struct contestant *c, int case_);
    void (*measure_async)(const struct async_contestant *a, int case_);
};

extern const struct workload workloads[];   /* ends with one without a name */
extern struct contestant *contestants;
extern struct async_contestant *async_contestants;
extern double scale;                        /* of how long measurements take */

void keep_a_thread_asleep(void);
void nap(int64_t ns);
void work(double ns);
double quantile(double *values, long n, double q);

/* Record a figure of this round. */
__attribute__((format(printf, 4, 5)))
void figure(const char *workload, const char *name, double value,
            const char *case_, ...);

#endif
