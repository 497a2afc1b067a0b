/* size.c - the smallest program of FreeRTOS that uses a lock of one KIND, or
   none: table.sh compares their sizes. */
#define THREAD_LOCK_IMPLEMENTATION
#include "rtos.h"

#include "FreeRTOS.h"
#include "semphr.h"
#include "task.h"

#define NONE 0
#define LOCK 1
#define MUTEX 2
#define SEMAPHORE 3

#if KIND == LOCK
static struct thread_lock lock;
#elif KIND != NONE
static SemaphoreHandle_t lock;
static StaticSemaphore_t memory;
#endif

static volatile bool taken;

static void use(void *unused)
{
    (void)unused;
#if KIND == MUTEX
    lock = xSemaphoreCreateMutexStatic(&memory);
#elif KIND == SEMAPHORE
    lock = xSemaphoreCreateBinaryStatic(&memory);
#endif
    for (;;) {
#if KIND == LOCK
        taken = thread_lock_acquire(&lock) == LOCK_EOK;
        (void)thread_lock_release(&lock);
        taken = thread_lock_acquire_for(&lock, 1000000) == LOCK_EOK;
        (void)thread_lock_release(&lock);
#elif KIND != NONE
        taken = xSemaphoreTake(lock, portMAX_DELAY) == pdTRUE;
        xSemaphoreGive(lock);
        taken = xSemaphoreTake(lock, 1) == pdTRUE;
        xSemaphoreGive(lock);
#endif
    }
}

void rtos_broken(int line)
{
    rtos_end(line != 0);
}

int main(void)
{
    static StaticTask_t task;
    static StackType_t stack[configMINIMAL_STACK_SIZE];

    xTaskCreateStatic(use, "", configMINIMAL_STACK_SIZE, NULL, 1, stack, &task);
    vTaskStartScheduler();
    return 1;
}
