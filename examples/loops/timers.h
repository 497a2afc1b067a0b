/* timers.h - timers for a loop that has none of its own; see loop.h */

#include <time.h>

struct timer {
    struct timer *next;
    int64_t due;
    void (*fn)(void *arg);
    void *arg;
};

static struct timer *timers;            /* the first is due first */

static int64_t now_ms(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

static void loop_start_timer(struct timer *t, int ms, void (*fn)(void *),
                             void *arg)
{
    struct timer **at = &timers;

    *t = (struct timer){.due = now_ms() + ms, .fn = fn, .arg = arg};
    while (*at != NULL && (*at)->due <= t->due)
        at = &(*at)->next;
    t->next = *at;
    *at = t;
}

static void loop_stop_timer(struct timer *t)
{
    struct timer **at = &timers;

    while (*at != NULL && *at != t)
        at = &(*at)->next;
    if (*at != NULL)
        *at = t->next;
}

static void run_timers(void)
{
    while (timers != NULL && timers->due <= now_ms()) {
        struct timer *t = timers;

        timers = t->next;
        t->fn(t->arg);
    }
}

static int ms_left(void)
{
    const int64_t ms = timers != NULL ? timers->due - now_ms() : 60000;

    return ms > 0 ? (int)ms : 0;
}
