/* lock_freertos.h - lock.h on FreeRTOS
   SPDX-License-Identifier: 0BSD
   Copy this file next to lock.h and include it instead of lock.h. In exactly
   one C file write #define THREAD_LOCK_IMPLEMENTATION before the include.

   Has run on   FreeRTOS 11.1, ticks of 16, 32 and 64 bits: Cortex-M3 in qemu,
                POSIX simulator. Not run on SMP: set THREAD_LOCK_SPIN 10 there.
   Needs        configSUPPORT_STATIC_ALLOCATION 1. It uses no heap.
   Interrupts   may try_acquire. They may also release, acquire_async and cancel
                if FreeRTOSConfig.h defines LOCK_FREERTOS_IN_ISR() as a call
                that is true in one (Cortex-M: xPortIsInsideInterrupt()), but
                not above configMAX_SYSCALL_INTERRUPT_PRIORITY.
   Time limits  never end early, and end a tick or two after xSemaphoreTake.
   Stack        a wait takes 260 bytes more than xSemaphoreTake (Cortex-M3).
   Deleting     Never delete a task that waits: its stack is in the queue.   */

#ifndef THREAD_LOCK_PORT_CUSTOM
#define THREAD_LOCK_PORT_CUSTOM
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
#define LOCK_FREERTOS_TICK_NS (1000000000 / (int64_t)configTICK_RATE_HZ)
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
static int64_t thread_lock_port_now(void)
{
    TimeOut_t t;    /* also counts how often the ticks began again at 0 */
    vTaskSetTimeOutState(&t);
    return (int64_t)((uint64_t)t.xOverflowCount * ((uint64_t)portMAX_DELAY + 1)
                     + t.xTimeOnEntering) * LOCK_FREERTOS_TICK_NS;
}
/* A tick more than `until`: the one in which it was set had begun before. */
static enum lock_error thread_lock_port_park(struct thread_lock_parker *p,
                                             int64_t until)
{
    int64_t ticks, tick = LOCK_FREERTOS_TICK_NS, most = portMAX_DELAY / 2;
    do {
        ticks = until - thread_lock_port_now();
        ticks = ticks / tick + (ticks % tick > 0) + 1;
        ticks = ticks < 0 ? 0 : ticks > most ? most : ticks;
        if (xSemaphoreTake(p->woken, (TickType_t)ticks) == pdTRUE)
            return LOCK_EOK;
    } while (ticks > 0);
    return LOCK_ETIMEDOUT;
}
static void thread_lock_port_unpark(struct thread_lock_parker *p)
{
    BaseType_t yield = pdFALSE;
    if (!LOCK_FREERTOS_IN_ISR()) {
        xSemaphoreGive(p->woken);
        return;
    }
    xSemaphoreGiveFromISR(p->woken, &yield);
    portYIELD_FROM_ISR(yield);
}
#ifdef THREAD_LOCK_DEBUG
static uintptr_t thread_lock_port_self(void)
{
    return (uintptr_t)xTaskGetCurrentTaskHandle();
}
#endif
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
    (void)mask;
}
static void thread_lock_port_pause(unsigned n) { (void)n; }
#define THREAD_LOCK_IMPLEMENTATION
#endif
#include "lock.h"
