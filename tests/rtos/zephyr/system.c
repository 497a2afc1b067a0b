/* rtos.h on Zephyr: native_posix_64, and qemu_cortex_m3 with a timer besides
   the kernel's, for interrupts at odd times. */
#include "../rtos.h"

#include <zephyr/irq.h>
#include <zephyr/kernel.h>
#include <zephyr/sys/printk.h>

#define STACK 2048

const int64_t rtos_tick_ns = NSEC_PER_SEC / CONFIG_SYS_CLOCK_TICKS_PER_SEC;

int64_t rtos_ticks_to_wrap(void)
{
    return -1;  /* the kernel counts in 64 bits */
}

/* >>tasks */

K_THREAD_STACK_ARRAY_DEFINE(stacks, RTOS_TASKS, STACK);
static struct k_thread threads[RTOS_TASKS];
static unsigned started;

static void run(void *fn, void *n, void *unused)
{
    ARG_UNUSED(unused);
    ((void (*)(unsigned))fn)((unsigned)(uintptr_t)n);
}

void rtos_start(void (*fn)(unsigned n), unsigned n, unsigned priority)
{
    k_thread_create(&threads[started], stacks[started], STACK, run, (void *)fn,
                    (void *)(uintptr_t)n, NULL,
                    K_PRIO_PREEMPT(RTOS_HIGHEST - priority), 0, K_NO_WAIT);
    started++;
}

void rtos_sleep(unsigned ticks)
{
    k_sleep(K_TICKS(ticks));
}

/* >>semaphores and jobs */

static struct k_sem sems[RTOS_SEMS];
static K_FIFO_DEFINE(jobs);

bool rtos_sem_take(unsigned which, int32_t ticks)
{
    return k_sem_take(&sems[which], ticks < 0 ? K_FOREVER : K_TICKS(ticks))
           == 0;
}

void rtos_sem_give(unsigned which)
{
    k_sem_give(&sems[which]);
}

/* The kernel uses the first word of what is queued, and that is `next`. */
void rtos_post(struct lock_loop *loop, struct lock_job *job)
{
    ARG_UNUSED(loop);
    k_fifo_put(&jobs, job);
}

struct lock_job *rtos_next(void)
{
    return k_fifo_get(&jobs, K_FOREVER);
}

/* >>interrupts and time */

static void (*volatile on_interrupt)(void);

#ifdef CONFIG_ARCH_POSIX

const int64_t rtos_clock_ns = 1000;

int64_t rtos_now(void)
{
    k_busy_wait(1);
    return (int64_t)k_cyc_to_ns_floor64(k_cycle_get_64());
}

__attribute__((no_instrument_function)) void
__cyg_profile_func_enter(void *fn, void *caller)
{
    static unsigned calls;

    ARG_UNUSED(fn);
    ARG_UNUSED(caller);
    if (++calls % 521 == 0)
        k_busy_wait(1 + calls % 997);
}

__attribute__((no_instrument_function)) void
__cyg_profile_func_exit(void *fn, void *caller)
{
    ARG_UNUSED(fn);
    ARG_UNUSED(caller);
}

static void expired(struct k_timer *timer)
{
    void (*fn)(void) = on_interrupt;

    ARG_UNUSED(timer);
    if (fn != NULL)
        fn();
}

static K_TIMER_DEFINE(timer, expired, NULL);

bool rtos_interrupt(void (*fn)(void))
{
    on_interrupt = fn;
    if (fn != NULL)
        k_timer_start(&timer, K_TICKS(1), K_TICKS(1));
    else
        k_timer_stop(&timer);
    return true;
}

#include <posix_board_if.h>

void rtos_end(bool failed)
{
    posix_exit(failed);
}

#else

const int64_t rtos_clock_ns =
    NSEC_PER_SEC / CONFIG_SYS_CLOCK_HW_CYCLES_PER_SEC + 1;

int64_t rtos_now(void)
{
    static uint64_t cycles;
    static uint32_t seen;
    const unsigned key = irq_lock();
    const uint32_t now = k_cycle_get_32();
    int64_t ns;

    cycles += now - seen;
    seen = now;
    ns = (int64_t)k_cyc_to_ns_floor64(cycles);
    irq_unlock(key);
    return ns;
}

/* Timer 0 of a Stellaris LM3S6965, one shot after the other. */
#define TIMER(offset) (*(volatile uint32_t *)(0x40030000 + (offset)))
#define TIMER_CLOCKS (*(volatile uint32_t *)0x400fe104)
#define TIMER_IRQ 19
enum { MODE = 4, CONTROL = 12, MASK = 24, CLEAR = 36, LOAD = 40 };

/* Within a tick. */
static void shoot(void)
{
    static uint32_t random = 1;

    random = random * 1664525 + 1013904223;
    TIMER(LOAD) = 200 + (random >> 16) % 3000;
    TIMER(CONTROL) = 1;
}

static void shot(const void *unused)
{
    void (*fn)(void) = on_interrupt;

    ARG_UNUSED(unused);
    TIMER(CLEAR) = 1;
    if (fn != NULL) {
        fn();
        shoot();
    }
}

bool rtos_interrupt(void (*fn)(void))
{
    on_interrupt = fn;
    if (fn == NULL)
        return true;
    TIMER_CLOCKS |= 1 << 16;
    IRQ_CONNECT(TIMER_IRQ, 1, shot, NULL, 0);
    irq_enable(TIMER_IRQ);
    TIMER(MODE) = 1;
    TIMER(MASK) = 1;
    shoot();
    return true;
}

/* Semihosting's exit with a code. */
void rtos_end(bool failed)
{
    const uintptr_t why[] = {0x20026, failed};
    register uintptr_t call __asm__("r0") = 0x20;
    register const uintptr_t *block __asm__("r1") = why;

    __asm__ volatile("bkpt 0xab" : : "r"(call), "r"(block) : "memory");
    for (;;)
        continue;
}

#endif

/* >>the rest */

void rtos_put(char c)
{
    printk("%c", c);
}

void main(void)
{
    for (unsigned n = 0; n < RTOS_SEMS; n++)
        k_sem_init(&sems[n], 0, K_SEM_MAX_LIMIT);
    rtos_main();
}
