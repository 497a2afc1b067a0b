/* crew.h - eight tasks of four priorities, which do together what they are told

   Each waits for its own semaphore, works, and says so. While a task works, its
   semaphore is its own to wait for. */
#ifndef CREW_H
#define CREW_H

#include "rtos.h"

#define CREW 8
enum {
    CREW_DONE = CREW,   /* given by each, at the end of its work */
    CREW_READY,         /* for the work to use */
    OTHER_SEM           /* given by nobody */
};

static void (*crew_work)(unsigned n);

static void crew_task(unsigned n)
{
    for (;;) {
        rtos_sem_take(n, RTOS_FOREVER);
        crew_work(n);
        rtos_sem_give(CREW_DONE);
    }
}

static void crew_start(void)
{
    for (unsigned n = 0; n < CREW; n++)
        rtos_start(crew_task, n, n / 2);
}

/* Set tasks first to last to work, of whom the most urgent may come last. */
static inline void crew_begin(void (*work)(unsigned n), unsigned first,
                              unsigned last)
{
    crew_work = work;
    for (unsigned n = first; n <= last; n++)
        rtos_sem_give(n);
}

static inline void crew_end(unsigned first, unsigned last)
{
    for (unsigned n = first; n <= last; n++)
        rtos_sem_take(CREW_DONE, RTOS_FOREVER);
}

static inline void crew_do(void (*work)(unsigned n), unsigned first,
                           unsigned last)
{
    crew_begin(work, first, last);
    crew_end(first, last);
}

#endif
