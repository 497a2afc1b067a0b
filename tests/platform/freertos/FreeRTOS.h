/* As much of FreeRTOS as lock_freertos.h uses, by the same names, on POSIX
   threads: so that the suites for this system run on that port as well. */
#ifndef FREERTOS_H
#define FREERTOS_H

#include "../../refuse.h"

#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <time.h>

typedef long BaseType_t;
typedef unsigned long UBaseType_t;
typedef uint32_t TickType_t;

#define pdTRUE ((BaseType_t)1)
#define pdFALSE ((BaseType_t)0)
#define portMAX_DELAY ((TickType_t)0xffffffff)
#define configTICK_RATE_HZ ((TickType_t)10000)

/* >>time */

typedef struct xTIME_OUT {
    BaseType_t xOverflowCount;
    TickType_t xTimeOnEntering;
} TimeOut_t;

static _Atomic(int64_t) ticks_ahead;    /* of CLOCK_MONOTONIC; tests set it */

static int64_t ticks_since_start(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 10000 + t.tv_nsec / 100000 + ticks_ahead;
}

static void vTaskSetTimeOutState(TimeOut_t *t)
{
    const int64_t ticks = ticks_since_start();

    t->xOverflowCount = (BaseType_t)(ticks >> 32);
    t->xTimeOnEntering = (TickType_t)(ticks & 0xffffffff);
}

/* >>semaphores */

typedef struct {
    pthread_mutex_t mutex;
    pthread_cond_t given_to;
    bool given;
} StaticSemaphore_t;

typedef StaticSemaphore_t *SemaphoreHandle_t;

static SemaphoreHandle_t xSemaphoreCreateBinaryStatic(StaticSemaphore_t *s)
{
    pthread_condattr_t a;

    if (refused())
        return NULL;
    pthread_condattr_init(&a);
    pthread_condattr_setclock(&a, CLOCK_MONOTONIC);
    pthread_mutex_init(&s->mutex, NULL);
    pthread_cond_init(&s->given_to, &a);
    pthread_condattr_destroy(&a);
    s->given = false;
    return s;
}

static void vSemaphoreDelete(SemaphoreHandle_t s)
{
    pthread_cond_destroy(&s->given_to);
    pthread_mutex_destroy(&s->mutex);
}

/* Until the tick comes that is so many from the present one. (The longest wait
   is 5 days here, not for ever: the port never asks for that.) */
static BaseType_t xSemaphoreTake(SemaphoreHandle_t s, TickType_t ticks)
{
    const int64_t end = ticks_since_start() - ticks_ahead + ticks;
    const struct timespec until = {(time_t)(end / 10000),
                                   (long)(end % 10000 * 100000)};
    BaseType_t taken;
    int e = 0;

    pthread_mutex_lock(&s->mutex);
    while (!s->given && e == 0)
        e = pthread_cond_timedwait(&s->given_to, &s->mutex, &until);
    taken = s->given;
    s->given = false;
    pthread_mutex_unlock(&s->mutex);
    return taken;
}

static BaseType_t xSemaphoreGive(SemaphoreHandle_t s)
{
    pthread_mutex_lock(&s->mutex);
    s->given = true;
    pthread_cond_signal(&s->given_to);
    pthread_mutex_unlock(&s->mutex);
    return pdTRUE;
}

/* >>tasks */

static pthread_mutex_t critical = PTHREAD_MUTEX_INITIALIZER;

#define taskENTER_CRITICAL() pthread_mutex_lock(&critical)
#define taskEXIT_CRITICAL() pthread_mutex_unlock(&critical)

/* There are no interrupts, and so these are never called. */
#define taskENTER_CRITICAL_FROM_ISR() 0
#define taskEXIT_CRITICAL_FROM_ISR(mask) ((void)(mask))
#define xSemaphoreGiveFromISR(s, yield) (*(yield) = xSemaphoreGive(s))
#define portYIELD_FROM_ISR(yield) ((void)(yield))

#endif
