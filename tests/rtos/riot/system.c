/* rtos.h on RIOT, whose native board takes signals as interrupts. */
#include "../rtos.h"

#include "mbox.h"
#include "native_internal.h"
#include "sema.h"
#include "thread.h"
#include "ztimer.h"
#include "ztimer64.h"

#include <poll.h>
#include <stdlib.h>
#include <unistd.h>

const int64_t rtos_tick_ns = 1000000;
const int64_t rtos_clock_ns = 1000;

int64_t rtos_now(void)
{
    return (int64_t)ztimer64_now(ZTIMER64_USEC) * 1000;
}

int64_t rtos_ticks_to_wrap(void)
{
    return -1;  /* the port counts in 64 bits */
}

/* >>tasks */

static struct task {
    void (*fn)(unsigned n);
    unsigned n;
    char stack[THREAD_STACKSIZE_MAIN];
} tasks[RTOS_TASKS];
static unsigned started;

static void *run(void *task)
{
    ((struct task *)task)->fn(((struct task *)task)->n);
    return NULL;
}

void rtos_start(void (*fn)(unsigned n), unsigned n, unsigned priority)
{
    struct task *task = &tasks[started++];

    task->fn = fn;
    task->n = n;
    thread_create(task->stack, sizeof task->stack,
                  (uint8_t)(THREAD_PRIORITY_MAIN + RTOS_HIGHEST - priority), 0,
                  run, task, "task");
}

void rtos_sleep(unsigned ticks)
{
    ztimer_sleep(ZTIMER_MSEC, ticks);
}

/* >>semaphores and jobs */

static sema_t sems[RTOS_SEMS];
static msg_t job_memory[RTOS_JOBS];
static mbox_t jobs = MBOX_INIT(job_memory, RTOS_JOBS);

bool rtos_sem_take(unsigned which, int32_t ticks)
{
    if (ticks < 0)
        return sema_wait(&sems[which]) == 0;
    if (ticks == 0)
        return sema_try_wait(&sems[which]) == 0;
    return sema_wait_timed_ztimer(&sems[which], ZTIMER_MSEC, (uint32_t)ticks)
           == 0;
}

void rtos_sem_give(unsigned which)
{
    sema_post(&sems[which]);
}

void rtos_post(struct lock_loop *loop, struct lock_job *job)
{
    msg_t message = {.content.ptr = job};

    (void)loop;
    mbox_try_put(&jobs, &message);
}

struct lock_job *rtos_next(void)
{
    msg_t message;

    mbox_get(&jobs, &message);
    return message.content.ptr;
}

/* >>interrupts: a timer's, at odd times */

static void (*on_interrupt)(void);
static void shot(void *unused);
static ztimer_t timer = {.callback = shot};

static void shoot(void)
{
    ztimer_set(ZTIMER_USEC, &timer, 100 + (uint32_t)rand() % 800);
}

static void shot(void *unused)
{
    (void)unused;
    on_interrupt();
    shoot();
}

bool rtos_interrupt(void (*fn)(void))
{
    ztimer_remove(ZTIMER_USEC, &timer);
    on_interrupt = fn;
    if (fn != NULL)
        shoot();
    return true;
}

/* >>the rest */

void rtos_put(char c)
{
    while (write(STDOUT_FILENO, &c, 1) != 1)
        continue;
}

void rtos_end(bool failed)
{
    exit(failed);
}

/* Instead of pause, by which RIOT's idle thread sleeps for ever if the signal
   came a moment before. */
static int doze(void)
{
    return poll(NULL, 0, 10);
}

int main(void)
{
    real_pause = doze;
    for (unsigned n = 0; n < RTOS_SEMS; n++)
        sema_create(&sems[n], 0);
    rtos_main();
}
