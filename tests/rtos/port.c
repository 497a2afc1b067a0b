/* port.c - the port checker: does a port of lock.h do what lock.h asks of it?

   It calls the port's functions as the lock would, and nothing of the lock. A
   port that passes keeps every rule of the contract that a program can see. The
   program ends by itself, unless a park never returns. */

#define THREAD_LOCK_IMPLEMENTATION
#include "crew.h"
#include "timing.h"

#include <stdatomic.h>
#include <string.h>

#ifndef RTOS_ROUNDS
#define RTOS_ROUNDS 200
#endif
#define SOON (50 * rtos_tick_ns)    /* what has not come by then is lost */
#define STUCK 1000000               /* pauses after which an edit never ends */

static struct thread_lock_parker parker;

static int64_t in(int64_t ns)
{
    return thread_lock_port_now() + ns;
}

static void begin(struct thread_lock_parker *p)
{
    must(thread_lock_port_init(p) == LOCK_EOK);
}

/* Its memory is used for something else at once. */
static void end(struct thread_lock_parker *p)
{
    thread_lock_port_destroy(p);
    memset(p, 0xa5, sizeof *p);
}

static void must_be_woken(struct thread_lock_parker *p)
{
    must(thread_lock_port_park(p, in(SOON)) == LOCK_EOK);
}

static void must_not_be_woken(struct thread_lock_parker *p)
{
    must(thread_lock_port_park(p, in(2 * rtos_tick_ns)) == LOCK_ETIMEDOUT);
}

/* >>clock */

/* Looks at the clock before each and after it: others may come between. */
static void now_follows_the_clock_and_never_goes_back(void)
{
    const int64_t allowed = 2 * rtos_tick_ns, clock = rtos_now();
    const int64_t start = thread_lock_port_now(), began = rtos_now();
    int64_t last = start, before, after = began;

    must(start >= 0);
    while (after - clock < 100 * rtos_tick_ns) {
        int64_t now;

        before = rtos_now();
        now = thread_lock_port_now();
        after = rtos_now();
        must(now >= last);
        must(now - start >= before - began - allowed);
        must(now - start <= after - clock + allowed);
        last = now;
    }
    tap_claim(no_faults(), "now follows the clock, and never goes back");
}

/* >>limits */

static bool park_for(int64_t ns)
{
    enum lock_error e;

    begin(&parker);
    e = thread_lock_port_park(&parker, in(ns));
    end(&parker);
    return e == LOCK_ETIMEDOUT;
}

static void limits(void)
{
    limits_across_a_wrap(park_for, "no limit is wrong while the count of ticks "
                                   "starts again");
    tap_claim(limits_hold(park_for),
              "a park never ends early, nor two ticks later than a semaphore");
#ifdef RTOS_LONG_LIMIT
    tap_claim(limits_long(park_for, rtos_tick_ns * RTOS_LONG_LIMIT),
              "a limit may be longer than the count of ticks");
#endif
}

static void a_limit_that_has_passed_ends_at_once(void)
{
    const int64_t start = rtos_now();

    begin(&parker);
    must(thread_lock_port_park(&parker, 0) == LOCK_ETIMEDOUT);
    must(thread_lock_port_park(&parker, 1) == LOCK_ETIMEDOUT);
    must(thread_lock_port_park(&parker, thread_lock_port_now() / 2)
         == LOCK_ETIMEDOUT);
    must(rtos_now() - start < SOON);
    end(&parker);
    tap_claim(no_faults(), "a limit that has passed long ago ends at once");
}

/* >>wake-ups */

static void an_early_wake_up_is_kept(void)
{
    begin(&parker);
    for (int i = 0; i < RTOS_ROUNDS; i++) {
        thread_lock_port_unpark(&parker);
        must_be_woken(&parker);
    }
    must_not_be_woken(&parker);
    end(&parker);
    tap_claim(no_faults(), "a wake-up that comes first is kept, and used once");
}

/* A park that says "timed out" leaves the wake-up to the next one. */
static void a_passed_limit_loses_no_wake_up(void)
{
    for (int i = 0; i < RTOS_ROUNDS; i++) {
        begin(&parker);
        thread_lock_port_unpark(&parker);
        if (thread_lock_port_park(&parker, 0) == LOCK_ETIMEDOUT)
            must_be_woken(&parker);
        must(thread_lock_port_park(&parker, 0) == LOCK_ETIMEDOUT);
        end(&parker);
    }
    tap_claim(no_faults(), "a limit that has passed loses no wake-up");
}

static void a_parker_knows_nothing_of_the_last_one(void)
{
    begin(&parker);
    thread_lock_port_unpark(&parker);
    end(&parker);
    begin(&parker);
    must_not_be_woken(&parker);
    end(&parker);
    tap_claim(no_faults(), "a parker knows nothing of the one before it");
}

static int written;

static void write_and_wake(unsigned n)
{
    rtos_sleep(20 + n);
    written = 1;
    thread_lock_port_unpark(&parker);
}

/* The lowest priority only runs because the highest sleeps. */
static void park_sleeps_until_it_is_woken(void)
{
    int64_t start;

    for (unsigned n = 0; n < CREW; n += CREW - 1) {
        begin(&parker);
        written = 0;
        start = rtos_now();
        crew_begin(write_and_wake, n, n);
        must(thread_lock_port_park(&parker, THREAD_LOCK_FOREVER) == LOCK_EOK);
        must(written == 1);
        must(rtos_now() - start >= 18 * rtos_tick_ns);
        end(&parker);
        crew_end(n, n);
    }
    tap_claim(no_faults(), "a park sleeps until a task, of any priority, "
                           "wakes it");
}

/* Each has a parker; a number goes round. */
static struct thread_lock_parker ring[CREW];
static int passed;

/* A parker is its sleeper's, from the first call to the last. */
static void pass_on(unsigned n)
{
    begin(&ring[n]);
    rtos_sem_give(CREW_READY);
    for (int i = 0; i < RTOS_ROUNDS; i++) {
        must(thread_lock_port_park(&ring[n], THREAD_LOCK_FOREVER) == LOCK_EOK);
        must(passed == i * CREW + (int)n);
        passed++;
        thread_lock_port_unpark(&ring[(n + 1) % CREW]);
    }
    if (n == 0)
        must_be_woken(&ring[0]);
    end(&ring[n]);
}

static void no_wake_up_is_lost_among_eight(void)
{
    passed = 0;
    crew_begin(pass_on, 0, CREW - 1);
    for (unsigned n = 0; n < CREW; n++)
        rtos_sem_take(CREW_READY, RTOS_FOREVER);
    thread_lock_port_unpark(&ring[0]);
    crew_end(0, CREW - 1);
    must(passed == RTOS_ROUNDS * CREW);
    tap_claim(no_faults(), "eight tasks wake each other, and see what was "
                           "written");
}

/* >>the last instant: a limit and a wake-up at the same time */

enum { PARKS = 2, WAKES = 6 };      /* the second is the more urgent one */
static unsigned timed_out;

static void park_or_wake(unsigned n)
{
    for (int i = 0; i < RTOS_ROUNDS; i++) {
        if (n == WAKES) {
            rtos_sem_take(WAKES, RTOS_FOREVER);
            rtos_sleep(2);
            thread_lock_port_unpark(&parker);
        } else if (n == PARKS) {
            begin(&parker);
            rtos_sem_give(WAKES);
            if (thread_lock_port_park(&parker, in(i % 8 * rtos_tick_ns / 2))
                != LOCK_EOK) {
                timed_out++;
                must_be_woken(&parker);
            }
            must(thread_lock_port_park(&parker, 0) == LOCK_ETIMEDOUT);
            end(&parker);
        }
    }
}

static void no_wake_up_is_lost_at_the_last_instant(void)
{
    timed_out = 0;
    crew_do(park_or_wake, 0, CREW - 1);
    tap_note("timed out:", timed_out);
    tap_claim(no_faults(), "a wake-up at the last instant is used or kept");
}

/* >>interrupts */

static volatile bool armed;
static volatile int64_t fire;
static volatile unsigned interrupts;

static void wake_from_an_interrupt(void)
{
    interrupts++;
    if (armed && rtos_now() >= fire) {
        armed = false;
        thread_lock_port_unpark(&parker);
    }
}

static void an_interrupt_wakes(void)
{
    static const char claim[] = "an interrupt wakes, also at the last instant";

    if (!rtos_interrupt(wake_from_an_interrupt)) {
        tap_skip(claim, "no interrupt may use the port");
        return;
    }
    timed_out = 0;
    for (int i = 0; i < RTOS_ROUNDS; i++) {
        begin(&parker);
        fire = rtos_now() + i % 10 * rtos_tick_ns / 4;
        armed = true;
        if (thread_lock_port_park(&parker, in(rtos_tick_ns)) != LOCK_EOK) {
            timed_out++;
            must_be_woken(&parker);
        }
        must(thread_lock_port_park(&parker, 0) == LOCK_ETIMEDOUT);
        end(&parker);
    }
    rtos_interrupt(NULL);
    tap_note("timed out:", timed_out);
    tap_claim(no_faults(), claim);
}

/* >>edits: short, and by all at once */

static _Atomic(uint32_t) editing;
static uint32_t edits, edited[CREW + 1];
static atomic_bool stop;

static void edit(unsigned n)
{
    const uintptr_t mask = thread_lock_port_enter();
    unsigned pauses = 0;
    uint32_t before, free = 0;

    while (!atomic_compare_exchange_strong(&editing, &free, 1)) {
        free = 0;
        thread_lock_port_pause(pauses++);
        if (stop || pauses == STUCK) {
            must(stop);
            stop = true;
            thread_lock_port_leave(mask);
            return;
        }
    }
    before = edits;
    for (volatile int i = 0; i < 100; i++)
        continue;
    edits = before + 1;
    edited[n]++;
    editing = 0;
    thread_lock_port_leave(mask);
}

/* The urgent ones come in between, at ticks, until they have had enough. */
static void edit_often(unsigned n)
{
    for (int i = 0; !stop && (n < CREW - 2 || i < RTOS_ROUNDS); i++) {
        edit(n);
        if (n >= 2)
            rtos_sleep(1);
    }
    stop = true;
}

static void edit_from_an_interrupt(void)
{
    interrupts++;
    edit(CREW);
}

static void edits_exclude_each_other(bool with_interrupts, const char *claim)
{
    uint32_t sum = 0;

    stop = false;
    edits = interrupts = 0;
    memset(edited, 0, sizeof edited);
    if (with_interrupts && !rtos_interrupt(edit_from_an_interrupt)) {
        tap_skip(claim, "no interrupt may use the port");
        return;
    }
    crew_do(edit_often, 0, CREW - 1);
    if (with_interrupts) {
        rtos_interrupt(NULL);
        must(edited[CREW] > 0);
    }
    for (unsigned n = 0; n <= CREW; n++)
        sum += edited[n];
    must(sum == edits);
    tap_note("edits:", edits);
    tap_claim(no_faults(), claim);
}

void rtos_main(void)
{
    crew_start();
    limits();
    now_follows_the_clock_and_never_goes_back();
    a_limit_that_has_passed_ends_at_once();
    an_early_wake_up_is_kept();
    a_passed_limit_loses_no_wake_up();
    a_parker_knows_nothing_of_the_last_one();
    park_sleeps_until_it_is_woken();
    no_wake_up_is_lost_among_eight();
    no_wake_up_is_lost_at_the_last_instant();
    an_interrupt_wakes();
    edits_exclude_each_other(false, "edits between enter and leave exclude "
                                    "each other");
    edits_exclude_each_other(true, "and those of interrupts");
    tap_end();
}
