/* lock_freertos.h - lock.h on FreeRTOS
   SPDX-License-Identifier: 0BSD

   Copy this file next to lock.h and include it instead of lock.h. In exactly one
   C file write #define THREAD_LOCK_IMPLEMENTATION before the include.

   Has run on   FreeRTOS V11.1.0+, one core: Cortex-M3 (in qemu) with 16-, 32- and
                64-bit ticks, and the POSIX simulator. Not run on an SMP kernel:
                there taskENTER_CRITICAL takes the kernel's spinlock, so the same
                code should hold. Set THREAD_LOCK_SPIN to 10 on more than one core.
   Needs        configSUPPORT_STATIC_ALLOCATION 1. It never uses the heap.
   Interrupts   may call nothing but try_acquire and locked. To let them call
                release, acquire_async and cancel too, define in all files
                LOCK_FREERTOS_IN_ISR() as a call that is true in an interrupt:
                xPortIsInsideInterrupt() on Cortex-M, xPortInIsrContext() on
                ESP32, a flag of your own if the kernel has no such call (RISC-V).
                An interrupt above configMAX_SYSCALL_INTERRUPT_PRIORITY may call
                nothing, because the kernel does not mask it.
   Time limits  never end early, and at most two ticks late. Nanoseconds are
                rounded down if 1000000000 is no multiple of configTICK_RATE_HZ:
                limits then get that much longer.
   Stack        a wait takes about 250 bytes of the task's stack.
   Deleting     Never delete or restart a task that waits for a lock: its place in
                the queue lies on its stack. To suspend it is safe.            */

#ifndef THREAD_LOCK_PORT_CUSTOM
#define THREAD_LOCK_PORT_CUSTOM
#endif
#ifndef THREAD_LOCK_SPIN
#define THREAD_LOCK_SPIN 0
#endif

#if defined THREAD_LOCK_IMPLEMENTATION && !defined LOCK_FREERTOS_PORT
#define LOCK_FREERTOS_PORT
#undef THREAD_LOCK_IMPLEMENTATION
#include "lock.h"
#include "FreeRTOS.h"
#include "semphr.h"
#include "task.h"

#ifndef LOCK_FREERTOS_IN_ISR
#define LOCK_FREERTOS_IN_ISR() 0
#endif

struct thread_lock_parker {
    SemaphoreHandle_t woken;
    StaticSemaphore_t memory;
};

static enum lock_error thread_lock_port_init(struct thread_lock_parker *p)
{
    p->woken = xSemaphoreCreateBinaryStatic(&p->memory);
    return p->woken != NULL ? LOCK_EOK : LOCK_ESYSTEM;
}

static void thread_lock_port_destroy(struct thread_lock_parker *p)
{
    vSemaphoreDelete(p->woken);
}

/* A count of ticks that does not start again at 0. */
static int64_t lock_freertos_ticks(void)
{
    TimeOut_t t;

    vTaskSetTimeOutState(&t);
    return (int64_t)((uint64_t)t.xOverflowCount * ((uint64_t)portMAX_DELAY + 1)
                     + t.xTimeOnEntering);
}

#define LOCK_FREERTOS_TICK_NS ((int64_t)(1000000000 / configTICK_RATE_HZ))

static int64_t thread_lock_port_now(void)
{
    return lock_freertos_ticks() * LOCK_FREERTOS_TICK_NS;
}

/* `until` has passed for certain one tick after the count has reached it: the
   count that `until` was made from may have been almost a tick old. */
static enum lock_error thread_lock_port_park(struct thread_lock_parker *p,
                                             int64_t until)
{
    const int64_t longest = (int64_t)(portMAX_DELAY / 2);
    const int64_t end = until / LOCK_FREERTOS_TICK_NS + 1
                        + (until % LOCK_FREERTOS_TICK_NS != 0);
    int64_t left;

    do {
        left = end - lock_freertos_ticks();
        left = left < 0 ? 0 : left < longest ? left : longest;
        if (xSemaphoreTake(p->woken, (TickType_t)left) == pdTRUE)
            return LOCK_EOK;
    } while (left > 0);
    return LOCK_ETIMEDOUT;
}

static void thread_lock_port_unpark(struct thread_lock_parker *p)
{
    BaseType_t yield = pdFALSE;

    if (LOCK_FREERTOS_IN_ISR()) {
        xSemaphoreGiveFromISR(p->woken, &yield);
        portYIELD_FROM_ISR(yield);
    } else {
        xSemaphoreGive(p->woken);
    }
}

static uintptr_t thread_lock_port_enter(void)
{
    if (LOCK_FREERTOS_IN_ISR())
        return (uintptr_t)taskENTER_CRITICAL_FROM_ISR();
    taskENTER_CRITICAL();
    return 0;
}

static void thread_lock_port_leave(uintptr_t mask)
{
    if (LOCK_FREERTOS_IN_ISR())
        taskEXIT_CRITICAL_FROM_ISR((UBaseType_t)mask);
    else
        taskEXIT_CRITICAL();
}

/* Called on more than one core only: a task that edits is not preempted. */
static void thread_lock_port_pause(unsigned n)
{
    (void)n;
}

#define THREAD_LOCK_IMPLEMENTATION
#endif
#include "lock.h"
