/* bus.c - six sensors on two half-duplex buses, without an operating system

   A super-loop steps six state machines, each of which now and then asks its
   sensor over a bus that carries one transfer at a time. An async_lock for each
   bus passes it from one sensor to the next: nobody polls for it, nobody is
   forgotten, and one that has no patience cancels its wait. Both locks post to
   one loop, often in the same turn. A timer interrupt is the buses: it counts
   the transfers down, and touches no lock. The same source runs on Cortex-M and
   on AVR.

   Build it with cortex-m.c or avr.c, which tell how.                        */

#define ASYNC_LOCK_STATIC
#include "async_lock.h"
#include "board.h"

#define READINGS 20
#define BUSES 2
#define SENSORS 6

/* >>buses: left and done are what the hardware does, as the program sees it */
static volatile uint16_t ticks;
static struct bus {
    struct async_lock lock;
    volatile unsigned char left;        /* so many ticks of the transfer */
    volatile bool done;
} buses[BUSES];

void on_tick(void)
{
    ticks++;
    for (int i = 0; i < BUSES; i++)
        if (buses[i].left != 0 && --buses[i].left == 0)
            buses[i].done = true;
}

/* >>loop: what is posted runs in a later turn, first in, first out */
static struct lock_job *first_job, *last_job;

/* Each lock may post a job before the next turn: room for one would not do. */
static void post(struct lock_loop *loop, struct lock_job *job)
{
    (void)loop;
    job->next = NULL;
    if (first_job == NULL)
        first_job = job;
    else
        last_job->next = job;
    last_job = job;
}

static struct lock_loop loop = {post};

static void run_jobs(void)
{
    struct lock_job *job = first_job, *next;

    first_job = NULL;           /* what the jobs post waits for the next turn */
    for (; job != NULL; job = next) {
        next = job->next;       /* first: the job may post itself again */
        job->run(job);
    }
}

/* >>sensors */
struct sensor {
    struct async_lock_waiter waiter;
    struct bus *bus;
    unsigned char takes;        /* ticks for a transfer */
    unsigned char patience;     /* ticks to wait for the bus; 0: for ever */
    uint16_t since;              /* ticks when it began to rest or to wait */
    enum { RESTS, WAITS, TALKS } state;
    uint16_t readings, gave_up;
};

/* The same on each bus, so that transfers end on both in the same turn. */
static struct sensor sensors[SENSORS] = {
    {.bus = &buses[0], .takes = 5},
    {.bus = &buses[0], .takes = 9},
    {.bus = &buses[0], .takes = 3, .patience = 7},
    {.bus = &buses[1], .takes = 5},
    {.bus = &buses[1], .takes = 9},
    {.bus = &buses[1], .takes = 3, .patience = 7}};
static uint16_t collisions;

static void talk(void *arg, enum lock_error result)
{
    struct sensor *s = arg;

    if (result != LOCK_EOK || s->bus->left != 0)
        collisions++;
    s->state = TALKS;
    s->bus->left = s->takes;
}

static void ask(struct sensor *s)
{
    s->state = WAITS;
    s->since = ticks;
    if (async_lock_acquire(&s->bus->lock, &s->waiter, talk, s) == LOCK_EOK)
        talk(s, LOCK_EOK);
}

static void give_up(struct sensor *s)
{
    if (async_lock_cancel(&s->bus->lock, &s->waiter) != LOCK_EOK)
        return;
    s->state = RESTS;
    s->since = ticks;
    s->gave_up++;
}

static void hang_up(struct sensor *s)
{
    s->bus->done = false;
    s->readings++;
    s->state = RESTS;
    s->since = ticks;
    async_lock_release(&s->bus->lock);
}

static void step(struct sensor *s)
{
    const uint16_t waited = (uint16_t)(ticks - s->since);

    switch (s->state) {
    case RESTS:
        if (waited >= 2 && s->readings < READINGS)
            ask(s);
        break;
    case WAITS:
        if (s->patience != 0 && waited >= s->patience)
            give_up(s);
        break;
    case TALKS:
        if (s->bus->done)
            hang_up(s);
        break;
    }
}

static bool all_done(void)
{
    for (int i = 0; i < SENSORS; i++)
        if (sensors[i].readings < READINGS)
            return false;
    for (int i = 0; i < BUSES; i++)
        if (async_lock_locked(&buses[i].lock))
            return false;
    return true;
}

int main(void)
{
    uint16_t readings = 0, gave_up = 0;

    for (int i = 0; i < BUSES; i++)
        async_lock_init(&buses[i].lock, &loop);
    board_start_ticks();
    while (!all_done()) {
        run_jobs();
        for (int i = 0; i < SENSORS; i++)
            step(&sensors[i]);
        board_wait();
    }
    for (int i = 0; i < SENSORS; i++) {
        readings = (uint16_t)(readings + sensors[i].readings);
        gave_up = (uint16_t)(gave_up + sensors[i].gave_up);
    }
    board_print_number(readings);
    board_print(" readings, ");
    board_print_number(gave_up);
    board_print(" given up, ");
    board_print_number(collisions);
    board_print(" collisions\n");
    return collisions != 0 || readings != SENSORS * READINGS || gave_up == 0;
}
