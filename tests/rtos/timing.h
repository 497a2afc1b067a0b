/* timing.h - whether a wait with a time limit ends when it should

   Never early: what the kernel's clock shows between two looks, less a step of
   it, has passed for certain. Never much later than the kernel's own semaphore
   that was given as many ticks, at least if nothing else got in the way. */
#ifndef TIMING_H
#define TIMING_H

#include "tap.h"

#define LIMITS_TRIES 20

/* A wait that nobody ends, for ns nanoseconds. True if it said "timed out". */
typedef bool limits_wait(int64_t ns);

static int64_t limits_worst = INT64_MAX;    /* ns the earliest was late by */

static inline int64_t limits_ticks(int64_t ns)
{
    return (ns + rtos_tick_ns - 1) / rtos_tick_ns;
}

/* Begin `eighths` of a tick after a tick, as far as rtos_now can tell. */
static void limits_align(unsigned eighths)
{
    int64_t start;

    rtos_sleep(1);
    start = rtos_now();
    while (rtos_clock_ns * 8 <= rtos_tick_ns
           && rtos_now() - start < rtos_tick_ns * (int64_t)eighths / 8)
        continue;
}

static int64_t limits_semaphore(int64_t ns, unsigned eighths)
{
    int64_t start;

    limits_align(eighths);
    start = rtos_now();
    must(!rtos_sem_take(OTHER_SEM, (int32_t)limits_ticks(ns)));
    return rtos_now() - start;
}

/* How much later than the semaphore it was. */
static int64_t limits_one(limits_wait *wait, int64_t ns, unsigned eighths)
{
    const int64_t other = limits_semaphore(ns, eighths);
    int64_t start, took;

    limits_align(eighths);
    start = rtos_now();
    must(wait(ns));
    took = rtos_now() - start;
    must(took - rtos_clock_ns >= ns);
    if (took - rtos_clock_ns - ns < limits_worst)
        limits_worst = took - rtos_clock_ns - ns;
    return took - other;
}

/* Both end at a tick, but the code takes a part of one: two ticks and a part. */
static void limits_hold_for(limits_wait *wait, int64_t ns, unsigned eighths)
{
    int64_t late = INT64_MAX;

    for (int i = 0; i < LIMITS_TRIES && late >= 3 * rtos_tick_ns; i++)
        late = limits_one(wait, ns, eighths);
    must(late < 3 * rtos_tick_ns);
    if (late >= 3 * rtos_tick_ns) {
        tap_note("a limit of ns:", ns);
        tap_note("was later than the semaphore by ns:", late);
    }
}

/* 104 limits, of parts of a tick and of many, begun at all times of a tick. */
static bool limits_hold(limits_wait *wait)
{
    static const int16_t tenths[] = {1,  5,  9,  10, 11, 15, 20,
                                     25, 27, 30, 55, 99, 230};

    limits_worst = INT64_MAX;
    for (unsigned i = 0; i < sizeof tenths / sizeof tenths[0]; i++)
        for (unsigned eighths = 0; eighths < 8; eighths++)
            limits_hold_for(wait, rtos_tick_ns * tenths[i] / 10, eighths);
    tap_note("ns by which the earliest was late:", limits_worst);
    return no_faults();
}

/* Longer than the count of ticks, and so than any wait for a semaphore. */
static inline bool limits_long(limits_wait *wait, int64_t ns)
{
    const int64_t start = rtos_now();
    int64_t took;

    must(wait(ns));
    took = rtos_now() - start;
    must(took - rtos_clock_ns >= ns && took - ns <= 3 * rtos_tick_ns);
    return no_faults();
}

/* The count of ticks starts again at 0 while these last. */
static void limits_across_a_wrap(limits_wait *wait, const char *claim)
{
    int64_t left = rtos_ticks_to_wrap();

    if (left < 0) {
        tap_skip(claim, "the count of ticks does not end soon");
        return;
    }
    if (left > 30)
        rtos_sleep((unsigned)(left - 30));
    for (left = 30; left <= 30 && left >= 0; left = rtos_ticks_to_wrap())
        limits_hold_for(wait, rtos_tick_ns * 7 / 2, 0);
    limits_hold_for(wait, rtos_tick_ns * 7 / 2, 0);
    tap_claim(no_faults(), claim);
}

#endif
