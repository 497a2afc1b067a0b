/* The thread lock on the port that lock.h shows to those who write their own,
   word for word, on a stand-in for FreeRTOS. */

/* >>custom */
#define THREAD_LOCK_PORT_CUSTOM         // in all others too, or by -D
#include "lock.h"
#include "FreeRTOS.h"
#include "semphr.h"
#include "task.h"

#define TICK_NS (1000000000 / configTICK_RATE_HZ)

struct thread_lock_parker {
    SemaphoreHandle_t woken;
    StaticSemaphore_t memory;
};

static enum lock_error
thread_lock_port_init(struct thread_lock_parker *p)
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
    TimeOut_t t;    // a count of ticks that does not wrap around

    vTaskSetTimeOutState(&t);
    return ((int64_t)t.xOverflowCount * ((int64_t)portMAX_DELAY + 1)
            + t.xTimeOnEntering) * TICK_NS;
}

// A tick more than that, for the present one began before now.
static TickType_t ticks_until(int64_t until)
{
    const int64_t ticks = (until - thread_lock_port_now()) / TICK_NS + 1;

    return ticks < 0 ? 0 : ticks < portMAX_DELAY ? (TickType_t)ticks
                                                 : portMAX_DELAY - 1;
}

static enum lock_error
thread_lock_port_park(struct thread_lock_parker *p, int64_t until)
{
    do
        if (xSemaphoreTake(p->woken, ticks_until(until)) == pdTRUE)
            return LOCK_EOK;
    while (thread_lock_port_now() <= until);
    return LOCK_ETIMEDOUT;
}

static void thread_lock_port_unpark(struct thread_lock_parker *p)
{
    xSemaphoreGive(p->woken);
}

static void thread_lock_port_pause(unsigned n)
{
    (void)n;
    taskYIELD();    // who edits cannot be preempted: see enter
}

static uintptr_t thread_lock_port_enter(void)
{
    taskENTER_CRITICAL();
    return 0;
}

static void thread_lock_port_leave(uintptr_t mask)
{
    (void)mask;
    taskEXIT_CRITICAL();
}

#define THREAD_LOCK_IMPLEMENTATION
#include "lock.h"
/* <<custom */

#define SUITE thread_custom
#define PORT_NAME "custom"
#define STRAY_WAKE(parker) pthread_cond_broadcast(&(parker)->woken->given_to)

#include "thread.h"

/* The count of ticks is set to some before it begins anew at zero. */
Test(SUITE, a_time_limit_outlasts_the_count_of_ticks)
{
    struct thread_lock l = THREAD_LOCK_INIT;

    expect(thread_lock_acquire(&l), LOCK_EOK);
    for (int before = 0; before < 200; before += 40) {
        const int64_t start = monotonic();

        ticks_ahead = 0;
        ticks_ahead = ((int64_t)3 << 32) - before - ticks_since_start();
        expect(thread_lock_acquire_for(&l, 10000000), LOCK_ETIMEDOUT);
        check(monotonic() - start >= 10000000);
        check(monotonic() - start < 2000000000);
    }
}
