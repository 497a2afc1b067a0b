/* lock_riot.h - lock.h on RIOT
   SPDX-License-Identifier: 0BSD

   Copy this file next to lock.h and include it instead of lock.h. In exactly
   one C file write #define THREAD_LOCK_IMPLEMENTATION before the include.

   Has run on   RIOT (after 2025.10), native64.
   Needs        USEMODULE += core_thread_flags ztimer64_msec; flags 12 and 13.
   Interrupts   may call try_acquire, release, locked, acquire_async and cancel.
   Time limits  never end early, and at most two milliseconds late.
   Stack        a wait takes about 200 bytes of the thread's stack (Cortex-M3).
   Deleting     Never end a thread that waits for a lock: its place in the queue
                lies on its stack.                                            */

#ifndef THREAD_LOCK_PORT_CUSTOM
#define THREAD_LOCK_PORT_CUSTOM
#endif
#if defined THREAD_LOCK_IMPLEMENTATION && !defined LOCK_RIOT_PORT
#define LOCK_RIOT_PORT
#undef THREAD_LOCK_IMPLEMENTATION
#include "lock.h"
#include "irq.h"
#include "thread.h"
#include "thread_flags.h"
#include "ztimer64.h"

#define LOCK_RIOT_NS 1000000
#define LOCK_RIOT_WOKEN ((thread_flags_t)1 << 12)
#define LOCK_RIOT_LATE ((thread_flags_t)1 << 13)

struct thread_lock_parker {
    thread_t *sleeper;
};

static enum lock_error thread_lock_port_init(struct thread_lock_parker *p)
{
    p->sleeper = thread_get_active();
    thread_flags_clear(LOCK_RIOT_WOKEN | LOCK_RIOT_LATE);
    return LOCK_EOK;
}

static void thread_lock_port_destroy(struct thread_lock_parker *p) { (void)p; }

static int64_t thread_lock_port_now(void)
{
    return (int64_t)ztimer64_now(ZTIMER64_MSEC) * LOCK_RIOT_NS;
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
    uint64_t end = ((uint64_t)until + 2 * LOCK_RIOT_NS - 1) / LOCK_RIOT_NS;
    ztimer64_t timer = {.callback = lock_riot_late, .arg = p->sleeper};
    thread_flags_t flags;

    if (until != THREAD_LOCK_FOREVER)
        ztimer64_set_at(ZTIMER64_MSEC, &timer, end);
    flags = thread_flags_wait_any(LOCK_RIOT_WOKEN | LOCK_RIOT_LATE);
    ztimer64_remove(ZTIMER64_MSEC, &timer);
    thread_flags_clear(LOCK_RIOT_LATE);
    return flags & LOCK_RIOT_WOKEN ? LOCK_EOK : LOCK_ETIMEDOUT;
}

static void thread_lock_port_unpark(struct thread_lock_parker *p)
{
    thread_flags_set(p->sleeper, LOCK_RIOT_WOKEN);
}

static uintptr_t thread_lock_port_enter(void) { return irq_disable(); }

static void thread_lock_port_leave(uintptr_t mask)
{
    irq_restore((unsigned)mask);
}

static void thread_lock_port_pause(unsigned n)
{
    (void)n; /* never called: nobody comes in between while a thread edits */
}

#ifdef THREAD_LOCK_DEBUG
static uintptr_t thread_lock_port_self(void)
{
    return (uintptr_t)thread_getpid();
}
#endif

#define THREAD_LOCK_IMPLEMENTATION
#endif
#include "lock.h"
