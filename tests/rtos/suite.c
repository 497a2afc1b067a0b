/* suite.c - lock.h on a kernel: tasks of four priorities, a loop in a task, and
   an interrupt share locks over plain data, and count what they did.
   The program ends by itself, unless a waiter is lost. */

#define THREAD_LOCK_IMPLEMENTATION
#include "crew.h"
#include "timing.h"

#include <string.h>

#ifndef RTOS_ROUNDS
#define RTOS_ROUNDS 200
#endif
#ifndef RTOS_HAND_OVERS
#define RTOS_HAND_OVERS 1000000
#endif

static struct lock_loop loop = {rtos_post};

static void run_loop(unsigned n)
{
    (void)n;
    for (;;) {
        struct lock_job *const job = rtos_next();

        job->run(job);
    }
}

/* A number that looks random; each task and the interrupt has its own. */
static unsigned random_below(uint32_t *state, unsigned limit)
{
    *state = *state * 1664525 + 1013904223;
    return (unsigned)((*state >> 16) * limit >> 16);
}

/* Its first word is 0; a debug build notes more after that. */
static bool is_free(const struct thread_lock *l)
{
    static const uintptr_t zero;

    return memcmp(l, &zero, sizeof zero) == 0;
}

/* >>limits */

static bool acquire_in_vain(int64_t ns)
{
    struct thread_lock l = THREAD_LOCK_INIT;
    bool timed_out;

    must(thread_lock_try_acquire(&l) == LOCK_EOK);
    timed_out = thread_lock_acquire_for(&l, ns) == LOCK_ETIMEDOUT;
    must(thread_lock_release(&l) == LOCK_EOK && is_free(&l));
    return timed_out;
}

static void limits(void)
{
    limits_across_a_wrap(acquire_in_vain, "no limit is wrong while the count "
                                          "of ticks starts again");
    tap_claim(limits_hold(acquire_in_vain),
              "a limit never ends early, nor two ticks later than a semaphore");
#ifdef RTOS_LONG_LIMIT
    tap_claim(limits_long(acquire_in_vain, rtos_tick_ns * RTOS_LONG_LIMIT),
              "a limit may be longer than the count of ticks");
#endif
}

static void a_limit_of_nothing_tries_once(void)
{
    const int64_t start = rtos_now();

    for (int i = 0; i < 1000; i++)
        must(acquire_in_vain(-i));
    must(rtos_now() - start < 100 * rtos_tick_ns);
    tap_claim(no_faults(), "a limit of nothing tries once");
}

/* >>accounts: what is guarded, and used by all in each way */

static struct account {
    struct thread_lock lock;
    uint32_t total;
    volatile uint32_t inside;
} accounts[2];

/* One for each task of the crew, and one for the interrupt. */
static struct client {
    struct thread_lock_waiter waiter;
    struct account *account;
    uint32_t random, used, cancelled, timed_out, served;
    volatile bool waits;
    unsigned n;
} clients[CREW + 1];

static void use_and_release(struct account *a, struct client *c)
{
    const uint32_t before = a->total;

    must(a->inside++ == 0);
    for (volatile int i = 0; i < 20; i++)
        continue;
    a->total = before + 1;
    c->used++;
    a->inside--;
    must(thread_lock_release(&a->lock) == LOCK_EOK);
}

static void serve(void *arg, enum lock_error result)
{
    struct client *const c = arg;
    const unsigned n = c->n;

    must(result == LOCK_EOK);
    c->served++;
    use_and_release(c->account, c);
    c->waits = false;
    if (n < CREW)
        rtos_sem_give(n);
}

static void wait_as_a_loop(struct account *a, struct client *c)
{
    enum lock_error e;

    c->account = a;
    e = thread_lock_acquire_async(&a->lock, &c->waiter, &loop, serve, c);
    if (e == LOCK_EOK) {
        use_and_release(a, c);
        return;
    }
    must(e == LOCK_EPENDING);
    if (random_below(&c->random, 2) == 0
        && thread_lock_cancel(&a->lock, &c->waiter) == LOCK_EOK)
        c->cancelled++;
    else
        rtos_sem_take(c->n, RTOS_FOREVER);
}

static void use_once(struct account *a, struct client *c)
{
    switch (random_below(&c->random, 4)) {
    case 0:
        must(thread_lock_acquire(&a->lock) == LOCK_EOK);
        use_and_release(a, c);
        break;
    case 1:
        if (thread_lock_acquire_for(
                &a->lock, rtos_tick_ns * random_below(&c->random, 30) / 10)
            == LOCK_EOK)
            use_and_release(a, c);
        else
            c->timed_out++;
        break;
    case 2:
        if (thread_lock_try_acquire(&a->lock) == LOCK_EOK)
            use_and_release(a, c);
        break;
    default:
        wait_as_a_loop(a, c);
        break;
    }
}

/* All but the lowest sleep now and then, some of them as the owner. */
static void use_often(unsigned n)
{
    struct client *const c = &clients[n];

    for (int i = 0; i < RTOS_ROUNDS * 4; i++) {
        struct account *const a = &accounts[random_below(&c->random, 2)];

        if (n >= 2 && random_below(&c->random, 4) == 0)
            rtos_sleep(1);
        if (random_below(&c->random, 16) == 0) {
            must(thread_lock_acquire(&a->lock) == LOCK_EOK);
            rtos_sleep(1);
            use_and_release(a, c);
        }
        use_once(a, c);
    }
}

/* Its continuation runs in the loop's task. */
static void use_from_an_interrupt(void)
{
    struct client *const c = &clients[CREW];
    struct account *const a = &accounts[random_below(&c->random, 2)];

    if (c->waits) {
        if (thread_lock_cancel(&c->account->lock, &c->waiter) == LOCK_EOK) {
            c->cancelled++;
            c->waits = false;
        }
        return;
    }
    c->account = a;
    c->waits = true;
    if (thread_lock_acquire_async(&a->lock, &c->waiter, &loop, serve, c)
        == LOCK_EOK) {
        use_and_release(a, c);
        c->waits = false;
    }
}

static void set_up_accounts(void)
{
    memset(accounts, 0, sizeof accounts);
    memset(clients, 0, sizeof clients);
    for (unsigned n = 0; n <= CREW; n++)
        clients[n].n = clients[n].random = n;
}

static void must_balance(void)
{
    uint32_t used = 0, timed_out = 0, cancelled = 0, served = 0;

    for (unsigned n = 0; n <= CREW; n++) {
        used += clients[n].used;
        timed_out += clients[n].timed_out;
        cancelled += clients[n].cancelled;
        served += clients[n].served;
    }
    tap_note("acquired:", used);
    tap_note("timed out:", timed_out);
    tap_note("cancelled:", cancelled);
    tap_note("served by the loop:", served);
    must(used == accounts[0].total + accounts[1].total);
    must(timed_out != 0 && cancelled != 0 && served != 0);
    must(is_free(&accounts[0].lock) && is_free(&accounts[1].lock));
}

static void all_ways_mixed(bool with_interrupts, const char *claim)
{
    set_up_accounts();
    if (with_interrupts && !rtos_interrupt(use_from_an_interrupt)) {
        tap_skip(claim, "no interrupt may use the lock");
        return;
    }
    crew_do(use_often, 0, CREW - 1);
    if (with_interrupts) {
        rtos_interrupt(NULL);
        while (clients[CREW].waits)     /* the loop serves it still */
            rtos_sleep(1);
        must(clients[CREW].used != 0 && clients[CREW].cancelled != 0);
    }
    must_balance();
    tap_claim(no_faults(), claim);
}

/* >>interrupts */

static struct thread_lock gate;
static volatile bool armed;
static struct thread_lock_waiter waiter;
static volatile uint32_t released, cancelled, served;

static void release_from_an_interrupt(void)
{
    if (!armed)
        return;
    armed = false;
    released++;
    must(thread_lock_release(&gate) == LOCK_EOK);
}

static void an_interrupt_releases(void)
{
    static const char claim[] = "an interrupt's release wakes the waiting task";

    if (!rtos_interrupt(release_from_an_interrupt)) {
        tap_skip(claim, "no interrupt may use the lock");
        return;
    }
    released = 0;
    must(thread_lock_acquire(&gate) == LOCK_EOK);
    for (uint32_t i = 1; i <= RTOS_ROUNDS; i++) {
        armed = true;
        must(thread_lock_acquire(&gate) == LOCK_EOK);
        must(released == i);
    }
    rtos_interrupt(NULL);
    must(thread_lock_release(&gate) == LOCK_EOK && is_free(&gate));
    tap_claim(no_faults(), claim);
}

static void count_and_release(void *unused, enum lock_error result)
{
    (void)unused;
    must(result == LOCK_EOK);
    served++;
    must(thread_lock_release(&gate) == LOCK_EOK);
}

static void cancel_from_an_interrupt(void)
{
    if (armed && thread_lock_cancel(&gate, &waiter) == LOCK_EOK)
        cancelled++;
    armed = false;
}

/* The owner releases at about the time of the interrupt. */
static void an_interrupt_cancels(void)
{
    static const char claim[] = "what an interrupt cancels has one outcome";

    if (!rtos_interrupt(cancel_from_an_interrupt)) {
        tap_skip(claim, "no interrupt may use the lock");
        return;
    }
    cancelled = served = 0;
    for (uint32_t i = 1; i <= RTOS_ROUNDS; i++) {
        const int64_t start = rtos_now();

        must(thread_lock_acquire(&gate) == LOCK_EOK);
        must(thread_lock_acquire_async(&gate, &waiter, &loop,
                                       count_and_release, NULL)
             == LOCK_EPENDING);
        armed = true;
        while (rtos_now() - start < i % 8 * rtos_tick_ns / 8)
            continue;
        must(thread_lock_release(&gate) == LOCK_EOK);
        for (int t = 0; t < 1000 && cancelled + served < i; t++)
            rtos_sleep(1);
        must(cancelled + served == i);
        must(thread_lock_acquire(&gate) == LOCK_EOK);   /* the last of it */
        must(thread_lock_release(&gate) == LOCK_EOK);
    }
    rtos_interrupt(NULL);
    tap_note("cancelled:", cancelled);
    tap_note("served by the loop:", served);
    tap_claim(no_faults(), claim);
}

/* >>the last instant */

enum { WAITS = 2, HOLDS = 6 };      /* the second is the more urgent one */
static volatile uint32_t acquired, timed_out;

static void wait_or_hold(unsigned n)
{
    for (uint32_t i = 1; i <= RTOS_ROUNDS; i++) {
        if (n == HOLDS) {
            must(thread_lock_acquire(&gate) == LOCK_EOK);
            rtos_sem_give(WAITS);
            rtos_sleep(2);
            must(thread_lock_release(&gate) == LOCK_EOK);
            rtos_sem_take(HOLDS, RTOS_FOREVER);
        } else if (n == WAITS) {
            rtos_sem_take(WAITS, RTOS_FOREVER);
            if (thread_lock_acquire_for(&gate, i % 8 * rtos_tick_ns / 2)
                == LOCK_EOK) {
                acquired++;
                must(thread_lock_release(&gate) == LOCK_EOK);
            } else {
                timed_out++;
            }
            must(acquired + timed_out == i);
            rtos_sem_give(HOLDS);
        }
    }
}

static void a_limit_at_the_last_instant_has_one_outcome(void)
{
    acquired = timed_out = 0;
    crew_do(wait_or_hold, 0, CREW - 1);
    must(is_free(&gate));
    tap_note("acquired:", acquired);
    tap_note("timed out:", timed_out);
    tap_claim(no_faults(), "a limit at the last instant has one outcome");
}

/* >>hand-overs: two gates, each released by the task that waits at the other */

static struct thread_lock gates[2];
static uint32_t handed_over;

static void hand_over(unsigned n)
{
    const unsigned mine = n == HOLDS;

    if (n != HOLDS && n != WAITS)
        return;
    for (uint32_t i = 0; i < RTOS_HAND_OVERS / 2; i++) {
        must(thread_lock_acquire(&gates[mine]) == LOCK_EOK);
        handed_over++;
        must(thread_lock_release(&gates[!mine]) == LOCK_EOK);
    }
}

static void no_hand_over_is_lost(void)
{
    const int64_t start = rtos_now();

    must(thread_lock_acquire(&gates[1]) == LOCK_EOK);
    crew_do(hand_over, 0, CREW - 1);
    must(handed_over == RTOS_HAND_OVERS / 2 * 2);
    must(thread_lock_release(&gates[1]) == LOCK_EOK);
    must(is_free(&gates[0]) && is_free(&gates[1]));
    tap_note("hand-overs:", handed_over);
    tap_note("ns for each:", (rtos_now() - start) / RTOS_HAND_OVERS);
    tap_claim(no_faults(), "no hand-over between two tasks is lost");
}

void rtos_main(void)
{
    crew_start();
    rtos_start(run_loop, 0, 2);
    limits();
    a_limit_of_nothing_tries_once();
    all_ways_mixed(false, "tasks mix all ways to acquire, and counts agree");
    all_ways_mixed(true, "and so they do with an interrupt among them");
    an_interrupt_releases();
    an_interrupt_cancels();
    a_limit_at_the_last_instant_has_one_outcome();
    no_hand_over_is_lost();
    tap_end();
}
