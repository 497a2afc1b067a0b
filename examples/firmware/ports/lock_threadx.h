/* lock_threadx.h - lock.h on ThreadX
   SPDX-License-Identifier: 0BSD

   Copy this file next to lock.h and include it instead of lock.h. In exactly
   one C file write #define THREAD_LOCK_IMPLEMENTATION before the include.

   Has run on   ThreadX 6.4.2, its Linux port.
   Needs        nothing but the thread's stack.
   Interrupts   may call try_acquire, release, locked, acquire_async and cancel.
   Time limits  never end early, and end a tick after tx_semaphore_get, which
                may be up to a tick early. The count of ticks may wrap. Nobody
                may call tx_time_set while a thread waits.
   Stack        a wait takes about 200 bytes of the thread's stack (Cortex-M3).
   Deleting     Never terminate, delete or suspend a thread that waits: its place
                in the queue lies on its stack, and others wait behind it.    */

#ifndef THREAD_LOCK_PORT_CUSTOM
#define THREAD_LOCK_PORT_CUSTOM
#endif
#if defined THREAD_LOCK_IMPLEMENTATION && !defined LOCK_THREADX_PORT
#define LOCK_THREADX_PORT
#undef THREAD_LOCK_IMPLEMENTATION
#include "lock.h"
#include "tx_api.h"
#define LOCK_THREADX_TICK_NS (1000000000 / (int64_t)TX_TIMER_TICKS_PER_SECOND)

struct thread_lock_parker {
    TX_SEMAPHORE woken;
};

static enum lock_error thread_lock_port_init(struct thread_lock_parker *p)
{
    const UINT e = tx_semaphore_create(&p->woken, (CHAR *)"lock", 0);

    return e == TX_SUCCESS ? LOCK_EOK : LOCK_ESYSTEM;
}

static void thread_lock_port_destroy(struct thread_lock_parker *p)
{
    tx_semaphore_delete(&p->woken);
}

static uintptr_t thread_lock_port_enter(void)
{
    return tx_interrupt_control(TX_INT_DISABLE);
}

static void thread_lock_port_leave(uintptr_t mask)
{
    tx_interrupt_control((UINT)mask);
}

/* Count the ticks that a ULONG has no room for. A park with a limit looks often
   enough, and a round that is missed while nobody waits does no harm. */
static int64_t thread_lock_port_now(void)
{
    static int64_t ticks;
    const uintptr_t mask = thread_lock_port_enter();
    const int64_t now = ticks += (ULONG)(tx_time_get() - (ULONG)ticks);

    thread_lock_port_leave(mask);
    return now * LOCK_THREADX_TICK_NS;
}

/* `until` has passed for certain one tick after the count has reached it: the
   count that `until` was made from may have been almost a tick old. */
static enum lock_error thread_lock_port_park(struct thread_lock_parker *p,
                                             int64_t until)
{
    int64_t ns, ticks;

    do {
        ns = until - thread_lock_port_now();
        ticks = ns / LOCK_THREADX_TICK_NS + (ns % LOCK_THREADX_TICK_NS > 0) + 1;
        ticks = ticks < 0 ? 0 : ticks > 0x7fffffff ? 0x7fffffff : ticks;
        if (tx_semaphore_get(&p->woken, (ULONG)ticks) == TX_SUCCESS)
            return LOCK_EOK;
    } while (ticks > 0);
    return LOCK_ETIMEDOUT;
}

static void thread_lock_port_unpark(struct thread_lock_parker *p)
{
    tx_semaphore_put(&p->woken);
}

/* Never called: nobody comes in between while a thread edits. */
static void thread_lock_port_pause(unsigned n) { (void)n; }

#ifdef THREAD_LOCK_DEBUG
static uintptr_t thread_lock_port_self(void)
{
    return (uintptr_t)tx_thread_identify();
}
#endif

#define THREAD_LOCK_IMPLEMENTATION
#endif
#include "lock.h"
