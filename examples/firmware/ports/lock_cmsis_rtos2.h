/* lock_cmsis_rtos2.h - lock.h on CMSIS-RTOS2 (RTX5, and FreeRTOS's wrapper)
   SPDX-License-Identifier: 0BSD
   Copy this file next to lock.h and include it instead of lock.h. In exactly
   one C file write #define THREAD_LOCK_IMPLEMENTATION before the include.

   Has run on   neither RTX5 nor ARM's wrapper: with ARM's cmsis_os2.h, over a
                stand-in of ours on FreeRTOS 11.1 (Cortex-M3 in qemu).
   Needs        a semaphore for each wait, from the kernel's heap. On the stack
                if you define LOCK_CMSIS_RTOS2_CB_SIZE (osRtxSemaphoreCbSize).
   Interrupts   may try_acquire. With LOCK_CMSIS_RTOS2_INTERRUPTS, they may also
                release, acquire_async and cancel (Cortex-M: it sets PRIMASK).
   Time limits  never end early, and end a tick or two after osSemaphoreAcquire.
   Stack        a wait takes 260 bytes more than osSemaphoreAcquire.
   Deleting     Never terminate a waiting thread: its stack is in the queue.  */
#ifndef THREAD_LOCK_PORT_CUSTOM
#define THREAD_LOCK_PORT_CUSTOM
#endif
#if defined THREAD_LOCK_IMPLEMENTATION && !defined LOCK_CMSIS_RTOS2_PORT
#define LOCK_CMSIS_RTOS2_PORT
#undef THREAD_LOCK_IMPLEMENTATION
#include "lock.h"
#include "cmsis_os2.h"
struct thread_lock_parker {
    osSemaphoreId_t woken;
#ifdef LOCK_CMSIS_RTOS2_CB_SIZE
    uint64_t memory[(LOCK_CMSIS_RTOS2_CB_SIZE + 7) / 8];
#endif
};
static enum lock_error thread_lock_port_init(struct thread_lock_parker *p)
{
    osSemaphoreAttr_t a = {0};
#ifdef LOCK_CMSIS_RTOS2_CB_SIZE
    a.cb_mem = p->memory;
    a.cb_size = LOCK_CMSIS_RTOS2_CB_SIZE;
#endif
    p->woken = osSemaphoreNew(1, 0, &a);
    return p->woken != NULL ? LOCK_EOK : LOCK_ESYSTEM;
}
static void thread_lock_port_destroy(struct thread_lock_parker *p)
{
    osSemaphoreDelete(p->woken);
}
#ifdef LOCK_CMSIS_RTOS2_INTERRUPTS
static uintptr_t thread_lock_port_enter(void)
{
    uintptr_t mask;
    __asm volatile("mrs %0, primask\n\tcpsid i" : "=r"(mask) : : "memory");
    return mask;
}
static void thread_lock_port_leave(uintptr_t mask)
{
    __asm volatile("msr primask, %0" : : "r"(mask) : "memory");
}
#else
static uintptr_t thread_lock_port_enter(void)
{
    return (uintptr_t)osKernelLock();
}
static void thread_lock_port_leave(uintptr_t mask)
{
    if (mask == 0)      /* else the caller had locked it, and it stays so */
        osKernelUnlock();
}
#endif
/* Counts on where 32 bits end, if asked once a round while anybody waits. */
static int64_t thread_lock_port_now(void)
{
    static int64_t ticks;
    const uintptr_t mask = thread_lock_port_enter();
    const int64_t now = ticks += osKernelGetTickCount() - (uint32_t)ticks;
    thread_lock_port_leave(mask);
    return now * (1000000000 / osKernelGetTickFreq());
}
/* A tick more than `until`: the one in which it was set had begun before. */
static enum lock_error thread_lock_port_park(struct thread_lock_parker *p,
                                             int64_t until)
{
    int64_t ticks, tick = 1000000000 / osKernelGetTickFreq();
    do {
        ticks = until - thread_lock_port_now();
        ticks = ticks / tick + (ticks % tick > 0) + 1;
        ticks = ticks < 0 ? 0 : ticks > INT32_MAX ? INT32_MAX : ticks;
        if (osSemaphoreAcquire(p->woken, (uint32_t)ticks) == osOK)
            return LOCK_EOK;
    } while (ticks > 0);
    return LOCK_ETIMEDOUT;
}
static void thread_lock_port_unpark(struct thread_lock_parker *p)
{
    osSemaphoreRelease(p->woken);
}
static void thread_lock_port_pause(unsigned n) { (void)n; }
#ifdef THREAD_LOCK_DEBUG
static uintptr_t thread_lock_port_self(void)
{ return (uintptr_t)osThreadGetId(); }
#endif
#define THREAD_LOCK_IMPLEMENTATION
#endif
#include "lock.h"
