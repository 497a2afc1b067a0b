/* rtos.h on ThreadX's Linux port, whose interrupts are a thread of the host
   that stops the running task with a signal. */
#include "../rtos.h"

#include "tx_api.h"
#include <unistd.h>

#define STACK 4096

const int64_t rtos_tick_ns = 1000000000 / TX_TIMER_TICKS_PER_SECOND;
const int64_t rtos_clock_ns = 1000000000 / TX_TIMER_TICKS_PER_SECOND;

/* >>time: the count of ticks starts again at 0 after 2000 */

static const ULONG start = (ULONG)0 - 2000;

int64_t rtos_now(void)
{
    return (ULONG)(tx_time_get() - start) * rtos_tick_ns;
}

int64_t rtos_ticks_to_wrap(void)
{
    const ULONG left = (ULONG)0 - tx_time_get();

    return left <= 2000 ? (int64_t)left : -1;
}

/* >>tasks */

static TX_THREAD threads[RTOS_TASKS + 1];
static char stacks[RTOS_TASKS + 1][STACK];
static void (*entries[RTOS_TASKS + 1])(unsigned n);
static unsigned started;

static void run(ULONG i)
{
    entries[i >> 16](i & 0xffff);
}

void rtos_start(void (*fn)(unsigned n), unsigned n, unsigned priority)
{
    const UINT p = 1 + RTOS_HIGHEST - priority; /* 0 is the timer thread's */

    entries[started] = fn;
    tx_thread_create(&threads[started], "task", run, started << 16 | n,
                     stacks[started], STACK, p, p, TX_NO_TIME_SLICE,
                     TX_AUTO_START);
    started++;
}

void rtos_sleep(unsigned ticks)
{
    tx_thread_sleep(ticks);
}

/* >>semaphores and jobs */

static TX_SEMAPHORE sems[RTOS_SEMS];
static TX_QUEUE jobs;
static struct lock_job *job_memory[RTOS_JOBS];
enum { WORDS = sizeof job_memory[0] / sizeof(ULONG) };

bool rtos_sem_take(unsigned which, int32_t ticks)
{
    return tx_semaphore_get(&sems[which],
                            ticks < 0 ? TX_WAIT_FOREVER : (ULONG)ticks)
           == TX_SUCCESS;
}

void rtos_sem_give(unsigned which)
{
    tx_semaphore_put(&sems[which]);
}

void rtos_post(struct lock_loop *loop, struct lock_job *job)
{
    (void)loop;
    tx_queue_send(&jobs, &job, TX_NO_WAIT);
}

struct lock_job *rtos_next(void)
{
    struct lock_job *job;

    tx_queue_receive(&jobs, &job, TX_WAIT_FOREVER);
    return job;
}

/* >>interrupts: run.sh has the kernel's tick call this one first */

static void (*volatile on_interrupt)(void);

void __real__tx_timer_interrupt(void);
void __wrap__tx_timer_interrupt(void);
void __wrap__tx_timer_interrupt(void)
{
    void (*fn)(void) = on_interrupt;

    if (fn != NULL)
        fn();
    __real__tx_timer_interrupt();
}

bool rtos_interrupt(void (*fn)(void))
{
    on_interrupt = fn;
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
    _exit(failed);
}

static void begin(unsigned n)
{
    (void)n;
    rtos_main();
}

void tx_application_define(void *memory)
{
    (void)memory;
    tx_time_set(start);
    for (unsigned n = 0; n < RTOS_SEMS; n++)
        tx_semaphore_create(&sems[n], "sem", 0);
    tx_queue_create(&jobs, "jobs", WORDS, job_memory, sizeof job_memory);
    rtos_start(begin, 0, RTOS_HIGHEST);
}

int main(void)
{
    tx_kernel_enter();
}
