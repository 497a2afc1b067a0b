/* rtos.h - what the suite and the port checker ask of a system

   suite.c tries lock.h on a kernel, port.c tries a port of lock.h alone. Each
   is a program of its own, made of that file and of a system.c, which defines
   the functions below for one kernel. */
#ifndef RTOS_H
#define RTOS_H

#include <stdbool.h>
#include <stdint.h>

/* The port under test: lock.h comes with it. */
#ifndef RTOS_PORT
#define RTOS_PORT "rtos_port.h"
#endif
#include RTOS_PORT

#define RTOS_TASKS 9        /* as many are started; none of them ever returns */
#define RTOS_SEMS 12        /* the kernel's own, which count, and begin at 0 */
#define RTOS_JOBS 16        /* as many may be posted at a time */
#define RTOS_HIGHEST 4      /* priorities are 0, the lowest, to this */
#define RTOS_FOREVER (-1)

/* >>the program has: */

/* The system calls it once, in a task of priority RTOS_HIGHEST, when the kernel
   has started. It prints, calls rtos_end, and does not return. */
void rtos_main(void);

/* >>the system has: */

extern const int64_t rtos_tick_ns;  /* the step of the kernel's time limits */
extern const int64_t rtos_clock_ns; /* the step of rtos_now */

/* Nanoseconds on the clock that makes the ticks, as fine as the system has it.
   If it only counts ticks, rtos_clock_ns is rtos_tick_ns. */
int64_t rtos_now(void);

/* How many ticks from now the kernel's count of ticks starts at 0 again, if it
   soon does; else -1. Let it do so 2000 ticks after the start, if it can. */
int64_t rtos_ticks_to_wrap(void);

/* Start a task of this priority. Called RTOS_TASKS times at most. */
void rtos_start(void (*fn)(unsigned n), unsigned n, unsigned priority);

/* Let tasks of lower priority run until so many ticks have come. */
void rtos_sleep(unsigned ticks);

/* The kernel's own semaphore. take gives up after so many ticks, as the kernel
   counts them, or waits RTOS_FOREVER. An interrupt may call give. */
bool rtos_sem_take(unsigned which, int32_t ticks);
void rtos_sem_give(unsigned which);

/* A queue of the kernel: rtos_post adds a job, and an interrupt may call it;
   rtos_next waits for the next one. There is one queue, for all loops. */
void rtos_post(struct lock_loop *loop, struct lock_job *job);
struct lock_job *rtos_next(void);

/* From now on call fn from an interrupt, again and again: once a tick at least,
   more often and at odd times if you can. NULL stops it: when this returns, no
   fn runs. False: there are no interrupts here that may use the port. */
bool rtos_interrupt(void (*fn)(void));

/* Print a character. Only one task prints at a time. */
void rtos_put(char c);

/* The program is over. Does not return. */
void rtos_end(bool failed);

#endif
