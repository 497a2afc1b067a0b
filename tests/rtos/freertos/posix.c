/* FreeRTOS's POSIX simulator. A thread that sleeps for about a tick makes the
   ticks, so no clock but the count of ticks goes with them. */
#include "rtos.h"

#include "FreeRTOS.h"
#include "task.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

const int64_t rtos_clock_ns = 1000000000 / configTICK_RATE_HZ;

/* The simulator interrupts a task in the thread of that task. */
_Thread_local bool rtos_in_interrupt;

static void (*volatile interrupt)(void);
static int64_t counted;
static TickType_t last;

int64_t rtos_now(void)
{
    int64_t ticks;

    taskENTER_CRITICAL();
    counted += (TickType_t)(xTaskGetTickCount() - last);
    last = xTaskGetTickCount();
    ticks = counted;
    taskEXIT_CRITICAL();
    return ticks * rtos_clock_ns;
}

void vApplicationTickHook(void);
void vApplicationTickHook(void)
{
    rtos_in_interrupt = true;
    if (interrupt != NULL)
        interrupt();
    rtos_in_interrupt = false;
}

bool rtos_interrupt(void (*fn)(void))
{
    interrupt = fn;
    vTaskDelay(2);
    return true;
}

void vApplicationIdleHook(void);
void vApplicationIdleHook(void)
{
    usleep(100);
}

void rtos_put(char c)
{
    taskENTER_CRITICAL();
    write(1, &c, 1);
    taskEXIT_CRITICAL();
}

void rtos_end(bool failed)
{
    _exit(failed);
}
