/* lock_zephyr.h - lock.h on Zephyr
   SPDX-License-Identifier: 0BSD

   Copy this file next to lock.h and include it instead of lock.h. In exactly
   one C file write #define THREAD_LOCK_IMPLEMENTATION before the include. With
   lock.h as a module of Zephyr, CONFIG_DUAL_LOCK=y does the latter for you.

   Has run on   Zephyr 3.2.99: native_posix_64, and qemu_cortex_m3 with 32 bits
                of ticks. Not run on several processors.
   Needs        CONFIG_MULTITHREADING, and threads in supervisor mode, because a
                thread in user mode cannot mask interrupts.
   Interrupts   may call try_acquire, release, locked, acquire_async and cancel.
                A zero-latency interrupt may call try_acquire and locked only.
   Time limits  never end early, and at most two ticks later than k_sem_take.
   Stack        a wait takes about 230 bytes of the thread's stack (Cortex-M3).
   Deleting     Never abort a thread that waits for a lock: its place in the
                queue lies on its stack. Do not suspend it: Zephyr forgets its
                time limit, and the threads behind it wait, too.              */

#ifndef THREAD_LOCK_PORT_CUSTOM
#define THREAD_LOCK_PORT_CUSTOM
#endif
#if defined THREAD_LOCK_IMPLEMENTATION && !defined LOCK_ZEPHYR_PORT
#define LOCK_ZEPHYR_PORT
#undef THREAD_LOCK_IMPLEMENTATION
#include "lock.h"
#include <zephyr/kernel.h>

struct thread_lock_parker {
    struct k_sem woken;
};

/* Not k_sem_init, after which some debug options remember it for ever. */
static enum lock_error thread_lock_port_init(struct thread_lock_parker *p)
{
    p->woken = (struct k_sem)Z_SEM_INITIALIZER(p->woken, 0, 1);
    return LOCK_EOK;
}

static void thread_lock_port_destroy(struct thread_lock_parker *p) { (void)p; }

/* Rounded up, so that no limit begins before the present tick did. */
static int64_t thread_lock_port_now(void)
{
    return (int64_t)k_ticks_to_ns_ceil64(k_uptime_ticks());
}

/* An hour at most, which fits into any k_ticks_t: park asks again. */
static k_timeout_t lock_zephyr_timeout(int64_t until)
{
    const int64_t now = (int64_t)k_ticks_to_ns_floor64(k_uptime_ticks());
    const int64_t left = CLAMP(until - now, 1, 3600000000000);

    return K_TICKS((k_ticks_t)k_ns_to_ticks_ceil64(left));
}

/* `until` has passed for certain one tick after the count has reached it: the
   count that `until` was made from may have been almost a tick old. */
static enum lock_error thread_lock_port_park(struct thread_lock_parker *p,
                                             int64_t until)
{
    const bool forever = until == THREAD_LOCK_FOREVER;

    do
        if (k_sem_take(&p->woken,
                       forever ? K_FOREVER : lock_zephyr_timeout(until))
            == 0)
            return LOCK_EOK;
    while ((int64_t)k_ticks_to_ns_floor64(k_uptime_ticks() - 1) < until);
    return LOCK_ETIMEDOUT;
}

static void thread_lock_port_unpark(struct thread_lock_parker *p)
{
    k_sem_give(&p->woken);
}

static uintptr_t thread_lock_port_enter(void) { return arch_irq_lock(); }

static void thread_lock_port_leave(uintptr_t mask)
{
    arch_irq_unlock((unsigned)mask);
}

static void thread_lock_port_pause(unsigned n)
{
    (void)n; /* called only while another processor edits */
}

#ifdef THREAD_LOCK_DEBUG
static uintptr_t thread_lock_port_self(void)
{
    return (uintptr_t)k_current_get();
}
#endif

#define THREAD_LOCK_IMPLEMENTATION
#endif
#include "lock.h"
