/* scheduler.c - see scheduler.h. ARMv6-M code, which all Cortex-M run.       */

#include "scheduler.h"
#include "board.h"

#include <stddef.h>

#define SYST_CSR (*(volatile uint32_t *)0xe000e010)
#define SYST_RVR (*(volatile uint32_t *)0xe000e014)
#define SYST_CVR (*(volatile uint32_t *)0xe000e018)
#define ICSR     (*(volatile uint32_t *)0xe000ed04)
#define SHPR3    (*(volatile uint32_t *)0xe000ed20)

#define ICSR_PENDSVSET (1u << 28)
#define THUMB_STATE (1u << 24)

struct task *scheduler_current;

static struct task idle;        /* what is left of main: always ready */
static int64_t now;
static uint32_t random_state;

/* 60 to 315 cycles: long enough to get on, and so short that in the long run a
   tick comes between any two instructions. */
static uint32_t random_tick(void)
{
    random_state = random_state * 1664525 + 1013904223;
    return 60 + (random_state >> 24);
}

void scheduler_add(struct task *t, uint8_t priority, void (*body)(void))
{
    t->sp = t->stack + TASK_WORDS - 16;
    t->sp[14] = (uint32_t)body;             /* pc */
    t->sp[15] = THUMB_STATE;                /* xpsr */
    t->priority = priority;
    t->ready = true;
    t->next = idle.next != NULL ? idle.next : &idle;
    idle.next = t;
}

void scheduler_sleep(int64_t until)
{
    scheduler_current->ready = false;
    scheduler_current->until = until;
    ICSR = ICSR_PENDSVSET;
    /* The switch happens between these two, and we go on here once woken. */
    __asm__ volatile("cpsie i\n\tisb\n\tcpsid i" ::: "memory");
}

void scheduler_wake(struct task *t)
{
    t->ready = true;
    ICSR = ICSR_PENDSVSET;
}

int64_t scheduler_now(void)
{
    const uintptr_t mask = scheduler_mask();
    const int64_t t = now;

    scheduler_unmask(mask);
    return t;
}

void on_tick(void)
{
    struct task *t = &idle;

    SYST_RVR = random_tick();
    SYST_CVR = 0;
    now += 1000;
    while ((t = t->next) != &idle)
        if (t->until <= now)
            t->ready = true;
    scheduler_at_tick(now);
    ICSR = ICSR_PENDSVSET;
}

/* The ready task of the highest priority; among equals, the next in turn. */
__attribute__((used)) static uint32_t *next_task(uint32_t *sp)
{
    struct task *best = &idle, *t = scheduler_current;

    t->sp = sp;
    do {
        t = t->next;
        if (t->ready && (best == &idle || t->priority > best->priority))
            best = t;
    } while (t != scheduler_current);
    scheduler_current = best;
    return best->sp;
}

/* PendSV. The processor has saved r0-r3, r12, lr, pc and xpsr on the stack of
   the task; the rest is up to us. 0xfffffffd: return to a task. */
__attribute__((naked)) void on_switch(void);
void on_switch(void)
{
    __asm__ volatile(
        ".syntax unified      \n\t"
        "mrs   r0, psp        \n\t"
        "subs  r0, #32        \n\t"
        "stmia r0!, {r4-r7}   \n\t"
        "mov   r4, r8         \n\t"
        "mov   r5, r9         \n\t"
        "mov   r6, r10        \n\t"
        "mov   r7, r11        \n\t"
        "stmia r0!, {r4-r7}   \n\t"
        "subs  r0, #32        \n\t"
        "cpsid i              \n\t"
        "bl    next_task      \n\t"
        "cpsie i              \n\t"
        "adds  r0, #16        \n\t"
        "ldmia r0!, {r4-r7}   \n\t"
        "mov   r8, r4         \n\t"
        "mov   r9, r5         \n\t"
        "mov   r10, r6        \n\t"
        "mov   r11, r7        \n\t"
        "msr   psp, r0        \n\t"
        "subs  r0, #32        \n\t"
        "ldmia r0!, {r4-r7}   \n\t"
        "movs  r0, #2         \n\t"
        "mvns  r0, r0         \n\t"
        "bx    r0             \n\t");
}

/* We become the idle task. PendSV and SysTick get the lowest priority: neither
   interrupts the other. */
void scheduler_start(uint32_t seed)
{
    random_state = seed;
    scheduler_current = &idle;
    idle.ready = true;
    SHPR3 = 0xffff0000;
    __asm__ volatile("msr psp, %0\n\tmsr control, %1\n\tisb"
                     :: "r"(idle.stack + TASK_WORDS), "r"(2) : "memory");
    SYST_RVR = random_tick();
    SYST_CVR = 0;
    SYST_CSR = 7;
    for (;;)
        board_wait();
}
