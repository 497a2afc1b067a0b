/* scheduler.h - a small preemptive scheduler for any Cortex-M

   A stand-in for an RTOS: tasks with priorities, by turns among equals, that
   are switched at a timer's interrupt, each time at another instruction.    */
#ifndef SCHEDULER_H
#define SCHEDULER_H

#include <stdbool.h>
#include <stdint.h>

#define TASK_WORDS 160      /* of stack, for each task */

struct task {
    uint32_t stack[TASK_WORDS];
    uint32_t *sp;
    struct task *next;      /* all tasks are in one ring */
    int64_t until;          /* when it is ready even if nobody wakes it */
    bool ready;
    uint8_t priority;       /* the highest that is ready runs */
};

extern struct task *scheduler_current;

/* Have t run body, which never returns. Before scheduler_start. */
void scheduler_add(struct task *t, uint8_t priority, void (*body)(void));

/* Run the tasks. `seed` tells after how many cycles each is preempted. */
void scheduler_start(uint32_t seed);

/* Nanoseconds since the start; a tick counts as a microsecond. */
int64_t scheduler_now(void);

/* What the program does at each tick, as an interrupt. */
void scheduler_at_tick(int64_t now);

/* Leave the processor until woken or until then; with interrupts masked, which
   are let in meanwhile. May return early: look again. */
void scheduler_sleep(int64_t until);

/* Make t ready; by tasks or interrupts, with interrupts masked. */
void scheduler_wake(struct task *t);

/* Mask all interrupts, and give back what that returned. */
static inline uintptr_t scheduler_mask(void)
{
    uintptr_t mask;

    __asm__ volatile("mrs %0, primask\n\tcpsid i" : "=r"(mask) :: "memory");
    return mask;
}

static inline void scheduler_unmask(uintptr_t mask)
{
    __asm__ volatile("msr primask, %0" :: "r"(mask) : "memory");
}

#endif
