/* interrupt.c - lock.h shared with an interrupt handler, on bare metal

   Both the main program and a timer's interrupt write to one log. Neither may
   wait for the other: who finds the log taken leaves its line to be written by
   a continuation, which the main loop runs when the log has been released.
   An interrupt comes after any instruction, so the edits of the queue are done
   with interrupts masked: by a port of three functions.

   Build it with cortex-m.c (and atomics-m0.c, for a Cortex-M0) or riscv.c.   */

#include "board.h"

#define THREAD_LOCK_STATIC
#ifdef __riscv
#include "ports/lock_baremetal_riscv.h"
#else
#include "ports/lock_baremetal_cortexm.h"
#endif

#define LINES 10000

/* >>loop: jobs that an interrupt may post */
static struct lock_job *first_job;

static void post(struct lock_loop *loop, struct lock_job *job)
{
    const uintptr_t mask = thread_lock_port_enter();

    (void)loop;
    job->next = first_job;
    first_job = job;
    thread_lock_port_leave(mask);
}

static struct lock_loop loop = {post};

static bool run_a_job(void)
{
    const uintptr_t mask = thread_lock_port_enter();
    struct lock_job *const job = first_job;

    if (job != NULL)
        first_job = job->next;
    thread_lock_port_leave(mask);
    if (job != NULL)
        job->run(job);
    return job != NULL;
}

/* >>log: guarded by a lock, and each line in several steps */
static struct thread_lock lock;
static volatile uint16_t begun, ended;
static uint16_t faults, by_main, by_interrupt, later;

static void write_and_release(void *lines, enum lock_error result)
{
    if (result != LOCK_EOK || begun != ended)
        faults++;
    begun++;
    ++*(uint16_t *)lines;
    ended++;
    if (thread_lock_release(&lock) != LOCK_EOK)
        faults++;
}

static void write(struct thread_lock_waiter *w, uint16_t *lines)
{
    switch (thread_lock_acquire_async(&lock, w, &loop, write_and_release,
                                      lines)) {
    case LOCK_EOK:
        write_and_release(lines, LOCK_EOK);
        break;
    case LOCK_EPENDING:
        later++;
        break;
    default:
        break;      /* too many lines wait: this one is lost */
    }
}

/* The next one comes after some time that is always another. */
void on_tick(void)
{
    static struct thread_lock_waiter w[4];      /* as many lines may wait */
    static uint32_t random;
    static uint8_t next;

    random = random * 1664525 + 1013904223;
    board_next_tick(random >> 27);
    write(&w[next++ % 4], &by_interrupt);
}

int main(void)
{
    static struct thread_lock_waiter w;

    board_start_ticks();
    while (by_main < LINES) {
        write(&w, &by_main);
        while (run_a_job())
            continue;
    }
    board_print_number(by_main);
    board_print(" lines by main, ");
    board_print_number(by_interrupt);
    board_print(" by the interrupt, ");
    board_print_number(later);
    board_print(" of them later, ");
    board_print_number(faults);
    board_print(" faults\n");
    return faults != 0 || by_interrupt == 0 || later == 0;
}
