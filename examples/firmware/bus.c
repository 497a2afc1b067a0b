/* bus.c - three sensors on one half-duplex bus, without an operating system

   A super-loop steps three state machines, each of which now and then asks its
   sensor over a bus that carries one transfer at a time. An async_lock passes
   the bus from one to the next: nobody polls for it, nobody is forgotten, and
   one that has no patience cancels its wait. A timer interrupt is the bus: it
   counts a transfer down, and touches no lock. The same source runs on Cortex-M
   and on AVR.

   Build it with cortex-m.c or avr.c, which tell how.                        */

#define ASYNC_LOCK_STATIC
#include "async_lock.h"
#include "board.h"

#define READINGS 20

/* >>bus: what the hardware does, as far as the program can see */
static volatile uint16_t ticks;
static volatile unsigned char transfer;     /* so many ticks are left of it */
static volatile bool transferred;

void on_tick(void)
{
    ticks++;
    if (transfer != 0 && --transfer == 0)
        transferred = true;
}

/* >>loop: what is posted runs in a later turn */
static struct lock_job *jobs;

/* The lock that posts has one hand-over under way at most: so one is enough. */
static void post(struct lock_loop *loop, struct lock_job *job)
{
    (void)loop;
    jobs = job;
}

static struct lock_loop loop = {post};

static void run_jobs(void)
{
    struct lock_job *const job = jobs;

    jobs = NULL;
    if (job != NULL)
        job->run(job);
}

/* >>sensors */
struct sensor {
    struct async_lock_waiter waiter;
    unsigned char takes;        /* ticks for a transfer */
    unsigned char patience;     /* ticks to wait for the bus; 0: for ever */
    uint16_t since;              /* ticks when it began to rest or to wait */
    enum { RESTS, WAITS, TALKS } state;
    uint16_t readings, gave_up;
};

static struct sensor sensors[3] = {
    {.takes = 5}, {.takes = 9}, {.takes = 3, .patience = 7}};
static struct async_lock bus;
static uint16_t collisions;

static void talk(void *arg, enum lock_error result)
{
    struct sensor *s = arg;

    if (result != LOCK_EOK || transfer != 0)
        collisions++;
    s->state = TALKS;
    transfer = s->takes;
}

static void ask(struct sensor *s)
{
    s->state = WAITS;
    s->since = ticks;
    if (async_lock_acquire(&bus, &s->waiter, talk, s) == LOCK_EOK)
        talk(s, LOCK_EOK);
}

static void give_up(struct sensor *s)
{
    if (async_lock_cancel(&bus, &s->waiter) != LOCK_EOK)
        return;
    s->state = RESTS;
    s->since = ticks;
    s->gave_up++;
}

static void hang_up(struct sensor *s)
{
    transferred = false;
    s->readings++;
    s->state = RESTS;
    s->since = ticks;
    async_lock_release(&bus);
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
        if (transferred)
            hang_up(s);
        break;
    }
}

static bool all_done(void)
{
    for (int i = 0; i < 3; i++)
        if (sensors[i].readings < READINGS)
            return false;
    return !async_lock_locked(&bus);
}

int main(void)
{
    uint16_t readings = 0;

    async_lock_init(&bus, &loop);
    board_start_ticks();
    while (!all_done()) {
        run_jobs();
        for (int i = 0; i < 3; i++)
            step(&sensors[i]);
        board_wait();
    }
    for (int i = 0; i < 3; i++)
        readings = (uint16_t)(readings + sensors[i].readings);
    board_print_number(readings);
    board_print(" readings, ");
    board_print_number(sensors[2].gave_up);
    board_print(" given up, ");
    board_print_number(collisions);
    board_print(" collisions\n");
    return collisions != 0 || readings != 3 * READINGS
           || sensors[2].gave_up == 0;
}
