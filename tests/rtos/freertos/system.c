/* FreeRTOS, on a Cortex-M3 in qemu and on its own POSIX simulator: what is the
   same for both. The rest is in cortex-m3.c and posix.c. */
#include "rtos.h"

#include "FreeRTOS.h"
#include "queue.h"
#include "semphr.h"
#include "task.h"

const int64_t rtos_tick_ns = 1000000000 / configTICK_RATE_HZ;

static StaticTask_t tasks[RTOS_TASKS + 1];
static StackType_t stacks[RTOS_TASKS + 1][4 * configMINIMAL_STACK_SIZE];
static struct start {
    void (*fn)(unsigned n);
    unsigned n;
} starts[RTOS_TASKS];
static unsigned started;

static SemaphoreHandle_t sems[RTOS_SEMS];
static StaticSemaphore_t sem_memory[RTOS_SEMS];

static QueueHandle_t jobs;
static StaticQueue_t jobs_memory;
static uint8_t job_memory[RTOS_JOBS * sizeof(struct lock_job *)];

static void run(void *start)
{
    ((struct start *)start)->fn(((struct start *)start)->n);
}

void rtos_start(void (*fn)(unsigned n), unsigned n, unsigned priority)
{
    const unsigned i = started++;

    starts[i] = (struct start){fn, n};
    xTaskCreateStatic(run, "", sizeof stacks[0] / sizeof stacks[0][0],
                      &starts[i], tskIDLE_PRIORITY + 1 + priority, stacks[i],
                      &tasks[i]);
}

static void run_main(void *unused)
{
    (void)unused;
    rtos_main();
}

int main(void)
{
    for (int i = 0; i < RTOS_SEMS; i++)
        sems[i] = xSemaphoreCreateCountingStatic(1000, 0, &sem_memory[i]);
    jobs = xQueueCreateStatic(RTOS_JOBS, sizeof(struct lock_job *), job_memory,
                              &jobs_memory);
    xTaskCreateStatic(run_main, "", sizeof stacks[0] / sizeof stacks[0][0],
                      NULL, tskIDLE_PRIORITY + 1 + RTOS_HIGHEST,
                      stacks[RTOS_TASKS], &tasks[RTOS_TASKS]);
    vTaskStartScheduler();
    return 1;
}

void rtos_sleep(unsigned ticks)
{
    vTaskDelay((TickType_t)ticks);
}

int64_t rtos_ticks_to_wrap(void)
{
    const TickType_t left = (TickType_t)(0 - xTaskGetTickCount());

    return left > 0 && left <= 5000 ? (int64_t)left : -1;
}

bool rtos_sem_take(unsigned which, int32_t ticks)
{
    return xSemaphoreTake(sems[which], ticks == RTOS_FOREVER
                                           ? portMAX_DELAY
                                           : (TickType_t)ticks) == pdTRUE;
}

void rtos_sem_give(unsigned which)
{
    BaseType_t yield = pdFALSE;

    if (RTOS_IN_ISR()) {
        xSemaphoreGiveFromISR(sems[which], &yield);
        portYIELD_FROM_ISR(yield);
    } else {
        xSemaphoreGive(sems[which]);
    }
}

void rtos_post(struct lock_loop *loop, struct lock_job *job)
{
    BaseType_t yield = pdFALSE;

    (void)loop;
    if (RTOS_IN_ISR()) {
        configASSERT(xQueueSendFromISR(jobs, &job, &yield) == pdTRUE);
        portYIELD_FROM_ISR(yield);
    } else {
        configASSERT(xQueueSend(jobs, &job, 0) == pdTRUE);
    }
}

struct lock_job *rtos_next(void)
{
    struct lock_job *job;

    while (xQueueReceive(jobs, &job, portMAX_DELAY) != pdTRUE)
        continue;
    return job;
}

void rtos_broken(int line)
{
    static const char text[] = "Bail out! An assertion of FreeRTOS, line ";
    char digits[8] = "";
    int i = 7;

    for (const char *p = text; *p != '\0'; p++)
        rtos_put(*p);
    for (; i > 0 && line != 0; line /= 10)
        digits[--i] = (char)('0' + line % 10);
    while (i < 7)
        rtos_put(digits[i++]);
    rtos_put('\n');
    rtos_end(true);
}
