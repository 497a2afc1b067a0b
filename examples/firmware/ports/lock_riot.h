/* lock_riot.h - lock.h on RIOT
   SPDX-License-Identifier: 0BSD

   Copy this file next to lock.h and include it instead of lock.h. In exactly
   one C file write #define THREAD_LOCK_IMPLEMENTATION before the include.

   Has run on   RIOT of 2025, native64.
   Needs        USEMODULE += core_thread_flags ztimer64_msec, and two flags of
                each thread that waits for a lock: see below.
   Interrupts   may call try_acquire, release, locked, acquire_async and cancel.
   Time limits  never end early, and at most two ticks late. A tick is a
                millisecond. For microseconds, which keep most boards from
                sleeping, define LOCK_RIOT_CLOCK as ZTIMER64_USEC and
                LOCK_RIOT_TICK_NS as 1000, and use ztimer64_usec.
   Stack        a wait takes about 230 bytes of the thread's stack.
   Deleting     Never end a thread that waits for a lock: its place in the queue
                lies on its stack.                                            */

#ifndef THREAD_LOCK_PORT_CUSTOM
#define THREAD_LOCK_PORT_CUSTOM
#endif
#ifndef THREAD_LOCK_SPIN
#define THREAD_LOCK_SPIN 0
#endif
#if defined THREAD_LOCK_IMPLEMENTATION && !defined LOCK_RIOT_PORT
#define LOCK_RIOT_PORT
#undef THREAD_LOCK_IMPLEMENTATION
#include "lock.h"
#include "irq.h"
#include "thread.h"
#include "thread_flags.h"
#include "ztimer64.h"

#ifndef LOCK_RIOT_CLOCK
#define LOCK_RIOT_CLOCK ZTIMER64_MSEC
#define LOCK_RIOT_TICK_NS 1000000
#endif
#ifndef LOCK_RIOT_WOKEN
#define LOCK_RIOT_WOKEN ((thread_flags_t)1 << 12)
#define LOCK_RIOT_LATE ((thread_flags_t)1 << 13)
#endif

struct thread_lock_parker {
    thread_t *sleeper;
};

static enum lock_error thread_lock_port_init(struct thread_lock_parker *p)
{
    p->sleeper = thread_get_active();
    thread_flags_clear(LOCK_RIOT_WOKEN | LOCK_RIOT_LATE);
    return LOCK_EOK;
}

static void thread_lock_port_destroy(struct thread_lock_parker *p)
{
    (void)p;
}

static int64_t thread_lock_port_now(void)
{
    return (int64_t)ztimer64_now(LOCK_RIOT_CLOCK) * LOCK_RIOT_TICK_NS;
}

static void lock_riot_late(void *sleeper)
{
    thread_flags_set(sleeper, LOCK_RIOT_LATE);
}

/* `until` has passed for certain one tick after the count has reached it: the
   count that `until` was made from may have been almost a tick old. */
static enum lock_error thread_lock_port_park(struct thread_lock_parker *p,
                                             int64_t until)
{
    ztimer64_t timer = {.callback = lock_riot_late, .arg = p->sleeper};
    thread_flags_t flags;

    if (until != THREAD_LOCK_FOREVER)
        ztimer64_set_at(LOCK_RIOT_CLOCK, &timer,
                        (uint64_t)(until / LOCK_RIOT_TICK_NS + 1
                                   + (until % LOCK_RIOT_TICK_NS != 0)));
    flags = thread_flags_wait_any(LOCK_RIOT_WOKEN | LOCK_RIOT_LATE);
    ztimer64_remove(LOCK_RIOT_CLOCK, &timer);
    thread_flags_clear(LOCK_RIOT_LATE);
    return flags & LOCK_RIOT_WOKEN ? LOCK_EOK : LOCK_ETIMEDOUT;
}

static void thread_lock_port_unpark(struct thread_lock_parker *p)
{
    thread_flags_set(p->sleeper, LOCK_RIOT_WOKEN);
}

static uintptr_t thread_lock_port_enter(void)
{
    return irq_disable();
}

static void thread_lock_port_leave(uintptr_t mask)
{
    irq_restore((unsigned)mask);
}

static void thread_lock_port_pause(unsigned n)
{
    (void)n; /* never called: nobody comes in between while a thread edits */
}

#define THREAD_LOCK_IMPLEMENTATION
#endif
#include "lock.h"
