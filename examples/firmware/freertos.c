/* freertos.c - two tasks of FreeRTOS count together

   Build it with the kernel, its port for your processor, and a start-up, which
   must call the kernel's handlers: here cortex-m.c.                         */

#define THREAD_LOCK_IMPLEMENTATION
#include "lock_freertos.h"

#include "FreeRTOS.h"
#include "task.h"

#include "board.h"

static struct thread_lock lock;     /* zeroed memory is a free lock */
static uint16_t total, finished;    /* guarded by it */

static void count(void *unused)
{
    (void)unused;
    for (int i = 0; i < 1000; i++) {
        thread_lock_acquire(&lock);
        total++;
        thread_lock_release(&lock);
    }
    thread_lock_acquire(&lock);
    if (++finished == 2) {
        board_print_number(total);
        board_exit(total != 2000);
    }
    thread_lock_release(&lock);
    vTaskSuspend(NULL);
}

int main(void)
{
    static StaticTask_t tasks[2];
    static StackType_t stacks[2][256];

    for (int i = 0; i < 2; i++)
        xTaskCreateStatic(count, "count", 256, NULL, 1, stacks[i], &tasks[i]);
    vTaskStartScheduler();
    return 1;
}
