/* cost.c - instructions that lock.h and FreeRTOS's own mutex and semaphore take
   on a Cortex-M3, counted by the clock of qemu, to which each takes as long.

   A pair is an acquire and a release of what nobody else wants. A hand-over is
   from the begin of a release until the more urgent task that waited has it. */

#define THREAD_LOCK_IMPLEMENTATION
#include "tap.h"

#include "FreeRTOS.h"
#include "semphr.h"
#include "task.h"

#define INSTRUCTION_NS 32   /* run.sh: -icount shift=5 */
#define PAIRS 100
#define TIMES 50            /* the least of which is free of ticks */

static struct thread_lock lock;
static SemaphoreHandle_t mutex, semaphore;

static void lock_take(void)
{
    must(thread_lock_acquire(&lock) == LOCK_EOK);
}
static void lock_give(void)
{
    must(thread_lock_release(&lock) == LOCK_EOK);
}
static void mutex_take(void)
{
    must(xSemaphoreTake(mutex, portMAX_DELAY) == pdTRUE);
}
static void mutex_give(void)
{
    must(xSemaphoreGive(mutex) == pdTRUE);
}
static void semaphore_take(void)
{
    must(xSemaphoreTake(semaphore, portMAX_DELAY) == pdTRUE);
}
static void semaphore_give(void)
{
    must(xSemaphoreGive(semaphore) == pdTRUE);
}

/* Written out, because a pair is what a compiler makes of it in place. */
#define PAIR(name, take, give)              \
    static void name(void)                  \
    {                                       \
        for (int i = 0; i < PAIRS; i++) {   \
            take;                           \
            give;                           \
        }                                   \
    }
PAIR(no_pairs, __asm__ volatile("" ::: "memory"), )
PAIR(lock_pairs, (void)thread_lock_acquire(&lock),
     (void)thread_lock_release(&lock))
PAIR(mutex_pairs, xSemaphoreTake(mutex, portMAX_DELAY), xSemaphoreGive(mutex))
PAIR(semaphore_pairs, xSemaphoreTake(semaphore, portMAX_DELAY),
     xSemaphoreGive(semaphore))

static int64_t least(int64_t a, int64_t b)
{
    return a < b ? a : b;
}

static int64_t time_of(void (*pairs)(void))
{
    int64_t best = INT64_MAX;

    for (int i = 0; i < TIMES; i++) {
        const int64_t start = rtos_now();

        pairs();
        best = least(best, rtos_now() - start);
    }
    return best;
}

static int64_t pair(void (*pairs)(void))
{
    return (time_of(pairs) - time_of(no_pairs)) / INSTRUCTION_NS / PAIRS;
}

/* >>hand-overs: the main task is the more urgent one */

enum { HOLD, HELD, IDLE_WAITS, LOCK_WAITS };     /* semaphores */
static void (*taken)(void), (*given)(void);
static volatile int64_t begun;

static void hold(unsigned n)
{
    (void)n;
    for (;;) {
        rtos_sem_take(HOLD, RTOS_FOREVER);
        taken();
        rtos_sem_give(HELD);    /* the main task runs, until it waits as well */
        begun = rtos_now();
        given();
    }
}

static int64_t hand_over(void (*take)(void), void (*give)(void))
{
    int64_t best = INT64_MAX, nothing = INT64_MAX;

    taken = take;
    given = give;
    for (int i = 0; i < TIMES; i++) {
        int64_t now = rtos_now();

        nothing = least(nothing, rtos_now() - now);
        rtos_sem_give(HOLD);
        rtos_sem_take(HELD, RTOS_FOREVER);
        take();
        now = rtos_now();
        best = least(best, now - begun);
        give();
    }
    return (best - nothing) / INSTRUCTION_NS;
}

/* >>stack: what a task that waits with a limit takes of it more than one that
   waits for a semaphore of the kernel */

static volatile UBaseType_t words_left[LOCK_WAITS + 1];

static void wait_once(unsigned n)
{
    if (n == LOCK_WAITS)
        must(thread_lock_acquire_for(&lock, 3 * rtos_tick_ns)
             == LOCK_ETIMEDOUT);
    words_left[n] = uxTaskGetStackHighWaterMark(NULL);
    rtos_sem_take(n, RTOS_FOREVER);
}

static int64_t stack_of_a_wait(void)
{
    lock_take();
    rtos_start(wait_once, IDLE_WAITS, 1);
    rtos_start(wait_once, LOCK_WAITS, 1);
    rtos_sleep(20);
    lock_give();
    return (int64_t)(words_left[IDLE_WAITS] - words_left[LOCK_WAITS])
           * (int64_t)sizeof(StackType_t);
}

void rtos_main(void)
{
    static StaticSemaphore_t memory[2];
    int64_t lock_pair;

    mutex = xSemaphoreCreateMutexStatic(&memory[0]);
    semaphore = xSemaphoreCreateBinaryStatic(&memory[1]);
    semaphore_give();

    lock_pair = pair(lock_pairs);
    tap_note("lock pair", lock_pair);
    tap_note("mutex pair", pair(mutex_pairs));
    tap_note("semaphore pair", pair(semaphore_pairs));
    rtos_start(hold, 0, 2);
    tap_note("lock hand-over", hand_over(lock_take, lock_give));
    tap_note("mutex hand-over", hand_over(mutex_take, mutex_give));
    tap_note("semaphore hand-over", hand_over(semaphore_take, semaphore_give));
    tap_note("lock bytes", sizeof lock);
    tap_note("mutex bytes", sizeof memory[0]);
    tap_note("semaphore bytes", sizeof memory[0]);
    tap_note("stack of a wait", stack_of_a_wait());
    tap_claim(lock_pair <= 25, "a pair takes at most 25 instructions");
    tap_claim(no_faults(), "all takes and gives succeed");
    tap_end();
}
