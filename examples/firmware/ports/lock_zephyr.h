/* lock_zephyr.h - lock.h on Zephyr
   SPDX-License-Identifier: 0BSD

   Copy this file next to lock.h and include it instead of lock.h. In exactly
   one C file, write #define THREAD_LOCK_IMPLEMENTATION before that include. With
   lock.h as a Zephyr module, CONFIG_DUAL_LOCK=y does all of this.

   Has run on: Zephyr 3.2.99, native_posix_64 and qemu_cortex_m3.
   Needs: CONFIG_MULTITHREADING, and threads in supervisor mode. A thread in user
     mode may not mask interrupts.
   Limits: count in ticks (CONFIG_SYS_CLOCK_TICKS_PER_SEC), never end early, and
     end in the tick in which k_sem_take would give up, or one later.
   Interrupts: may call try_acquire, release, locked, acquire_async and cancel.
     A zero-latency interrupt may call try_acquire and locked only, because
     arch_irq_lock does not mask it.
   Stack: a wait takes 300 bytes on a Cortex-M3, k_sem_take included.
   Do not abort a thread that waits for a lock: its place in the queue is on its
     stack. Cancel is for continuations; give a wait a limit instead.
   Several processors: an editor masks its own processor's interrupts, and the
     other processors spin for these few instructions. Not run: Zephyr 3.2's own
     semaphores can miss a wake-up there.  */

#ifndef THREAD_LOCK_PORT_CUSTOM
#define THREAD_LOCK_PORT_CUSTOM
#endif
#ifndef THREAD_LOCK_SPIN
#define THREAD_LOCK_SPIN 0
#endif

#if defined THREAD_LOCK_IMPLEMENTATION && !defined LOCK_ZEPHYR_PORT
#define LOCK_ZEPHYR_PORT
#undef THREAD_LOCK_IMPLEMENTATION
#include "lock.h" /* enum lock_error, before the port */
#include <zephyr/kernel.h>

struct thread_lock_parker {
    struct k_sem woken;
};

static enum lock_error thread_lock_port_init(struct thread_lock_parker *p)
{
    k_sem_init(&p->woken, 0, 1);
    return LOCK_EOK;
}

static void thread_lock_port_destroy(struct thread_lock_parker *p)
{
    (void)p;
}

/* Rounded up: a limit that starts now must not start before this tick did. */
static int64_t thread_lock_port_now(void)
{
    return (int64_t)k_ticks_to_ns_ceil64(k_uptime_ticks());
}

/* An hour at most, which any k_ticks_t can hold: park goes on after it. */
static k_timeout_t lock_zephyr_limit(int64_t until)
{
    const int64_t left = until - thread_lock_port_now();

    if (until == THREAD_LOCK_FOREVER)
        return K_FOREVER;
    return K_TICKS(
        (k_ticks_t)k_ns_to_ticks_ceil64(CLAMP(left, 1, 3600000000000)));
}

/* The last tick does not count: it may have begun a moment ago. */
static enum lock_error thread_lock_port_park(struct thread_lock_parker *p,
                                             int64_t until)
{
    do
        if (k_sem_take(&p->woken, lock_zephyr_limit(until)) == 0)
            return LOCK_EOK;
    while ((int64_t)k_ticks_to_ns_floor64(k_uptime_ticks() - 1) < until);
    return LOCK_ETIMEDOUT;
}

static void thread_lock_port_unpark(struct thread_lock_parker *p)
{
    k_sem_give(&p->woken);
}

/* Called only if another processor edits. */
static void thread_lock_port_pause(unsigned n)
{
    (void)n;
}

static uintptr_t thread_lock_port_enter(void)
{
    return arch_irq_lock();
}

static void thread_lock_port_leave(uintptr_t mask)
{
    arch_irq_unlock((unsigned)mask);
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
