/* The condition with real threads, as CPython's ConditionTests claim it, and
   what C adds. The files that include this one choose the port. */
#include "suite.h"

#define THREAD_LOCK_STATIC
#include "examples/condition.h"

#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdatomic.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>

#define MS 1000000

static int64_t monotonic(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

/* How many wait, so that no test needs to sleep. */
static unsigned waiting(struct thread_condition *c)
{
    const struct thread_condition_waiter_ *w;
    unsigned n = 0;

    expect(thread_lock_acquire(&c->guard), LOCK_EOK);
    for (w = c->first; w != NULL && (n == 0 || w != c->first); w = w->next)
        n++;
    expect(thread_lock_release(&c->guard), LOCK_EOK);
    return n;
}

static void await_waiting(struct thread_condition *c, unsigned n)
{
    while (waiting(c) != n)
        sched_yield();
}

/* >>threads that wait, so many times each, and note how that ended */

struct place {
    struct thread_lock lock;
    struct thread_condition condition;
    int phase;                  /* guarded by the lock, as these are: */
    unsigned ended, ended_in[4];        /* waits, and in which phase */
    struct waiter *last;                /* whose wait has ended */
};

struct waiter {
    struct place *place;
    int64_t timeout;            /* 0: none */
    int times;
    pthread_t thread;
    enum lock_error result;
    int64_t took;
};

static void *wait_some_times(void *arg)
{
    struct waiter *self = arg;
    struct place *p = self->place;

    expect(thread_lock_acquire(&p->lock), LOCK_EOK);
    while (self->times-- > 0) {
        const int64_t before = monotonic();

        self->result =
            self->timeout == 0
                ? thread_condition_wait(&p->condition, &p->lock)
                : thread_condition_wait_for(&p->condition, &p->lock,
                                            self->timeout);
        self->took = monotonic() - before;
        p->ended++;
        p->ended_in[p->phase]++;
        p->last = self;
    }
    expect(thread_lock_release(&p->lock), LOCK_EOK);
    return NULL;
}

static void start(struct waiter *w, struct place *p, int64_t timeout, int times)
{
    *w = (struct waiter){.place = p, .timeout = timeout, .times = times};
    check(pthread_create(&w->thread, NULL, wait_some_times, w) == 0);
}

static enum lock_error finish(struct waiter *w)
{
    pthread_join(w->thread, NULL);
    return w->result;
}

static unsigned ended(struct place *p)
{
    unsigned n = 0;

    THREAD_LOCK_WITH(&p->lock)
        n = p->ended;
    return n;
}

static void await_ended(struct place *p, unsigned n)
{
    while (ended(p) < n)
        sched_yield();
    check(ended(p) == n);
}

/* Until n have begun to wait, some of whom may have given up already. These are
   counted first: else one that gives up meanwhile would count twice. */
static void await_begun(struct place *p, unsigned n)
{
    unsigned over, begun;

    do {
        sched_yield();
        over = ended(p);
        begun = over + waiting(&p->condition);
    } while (begun < n);
}

/* Notify n, or all if that is 0; the waits that this ends, end in `phase`. */
static void notify_in_phase(struct place *p, size_t n, int phase)
{
    expect(thread_lock_acquire(&p->lock), LOCK_EOK);
    if (n == 0)
        thread_condition_notify_all(&p->condition);
    else
        thread_condition_notify(&p->condition, n);
    p->phase = phase;
    expect(thread_lock_release(&p->lock), LOCK_EOK);
}

/* >>what CPython's ConditionTests claim */

Test(SUITE, the_port_is_the_one_that_was_asked_for)
{
    check(strcmp(THREAD_LOCK_PORT, PORT_NAME) == 0);
}

/* test_unacquired_wait. (Unlike Python's notify, ours needs no lock.) */
Test(SUITE, a_wait_without_the_lock_is_refused)
{
    struct thread_lock l = THREAD_LOCK_INIT;
    struct thread_condition c = {0};

    expect(thread_condition_wait(&c, &l), LOCK_ENOTLOCKED);
    check(!thread_lock_locked(&l));
    check(waiting(&c) == 0);
}

/* test_notify: of five that wait twice, three are notified, then five (in their
   first wait or their second), then all. */
static void notify_by_three_and_five(struct place *p)
{
    struct waiter w[5];

    p->phase = 0;
    p->ended = 0;
    memset(p->ended_in, 0, sizeof p->ended_in);
    for (int i = 0; i < 5; i++)
        start(&w[i], p, 0, 2);
    await_waiting(&p->condition, 5);

    notify_in_phase(p, 3, 1);
    await_ended(p, 3);
    await_waiting(&p->condition, 5);

    notify_in_phase(p, 5, 2);
    await_ended(p, 8);
    await_waiting(&p->condition, 2);

    notify_in_phase(p, 0, 3);
    for (int i = 0; i < 5; i++)
        expect(finish(&w[i]), LOCK_EOK);
    check(p->ended_in[0] == 0 && p->ended_in[1] == 3);
    check(p->ended_in[2] == 5 && p->ended_in[3] == 2);
    check(waiting(&p->condition) == 0);
}

Test(SUITE, notify_wakes_as_many_as_it_says_and_notify_all_all)
{
    struct place p = {.phase = 0};

    notify_by_three_and_five(&p);
    notify_by_three_and_five(&p);       /* all is still as it was */
}

/* test_timeout */
Test(SUITE, a_time_limit_ends_a_wait_not_before_its_time)
{
    struct place p = {.phase = 0};
    struct waiter w[5];

    for (int i = 0; i < 5; i++)
        start(&w[i], &p, 20 * MS, 1);
    for (int i = 0; i < 5; i++) {
        expect(finish(&w[i]), LOCK_ETIMEDOUT);
        check(w[i].took >= 20 * MS);
    }
    check(waiting(&p.condition) == 0);
}

/* test_waitfor */
struct counter {
    struct thread_lock lock;
    struct thread_condition changed;
    int state;
    enum lock_error result;
};

static void *wait_for_four(void *arg)
{
    struct counter *c = arg;

    THREAD_LOCK_WITH(&c->lock)
        while (c->state != 4 && c->result == LOCK_EOK)
            c->result = thread_condition_wait_for(&c->changed, &c->lock,
                                                  THREAD_LOCK_FOREVER);
    return NULL;
}

Test(SUITE, a_thread_waits_until_what_it_waits_for_is_so)
{
    struct counter c = {.state = 0};
    pthread_t thread;

    check(pthread_create(&thread, NULL, wait_for_four, &c) == 0);
    for (int i = 0; i < 4; i++) {
        await_waiting(&c.changed, 1);
        THREAD_LOCK_WITH(&c.lock) {
            c.state++;
            thread_condition_notify(&c.changed, 1);
        }
    }
    pthread_join(thread, NULL);
    expect(c.result, LOCK_EOK);
    check(c.state == 4);
}

/* test_waitfor_timeout */
Test(SUITE, each_notification_ends_one_limited_wait_and_the_limit_the_last)
{
    struct place p = {.phase = 0};
    struct waiter w;

    start(&w, &p, 500 * MS, 4);
    for (unsigned i = 0; i < 3; i++) {
        await_waiting(&p.condition, 1);
        thread_condition_notify(&p.condition, 1);
        await_ended(&p, i + 1);
    }
    expect(finish(&w), LOCK_ETIMEDOUT);
    check(w.took >= 500 * MS);
}

/* >>and what C adds */

Test(SUITE, a_wait_ends_holding_the_lock_whatever_its_result)
{
    static const int64_t limit[] = {INT64_MIN, -1, 0, 1, 1000, 5 * MS};
    struct thread_lock l = THREAD_LOCK_INIT;
    struct thread_condition c = {0};

    expect(thread_lock_acquire(&l), LOCK_EOK);
    for (size_t i = 0; i < sizeof limit / sizeof *limit; i++) {
        expect(thread_condition_wait_for(&c, &l, limit[i]), LOCK_ETIMEDOUT);
        expect(thread_lock_try_acquire(&l), LOCK_EBUSY);
        check(waiting(&c) == 0);
    }
    expect(thread_lock_release(&l), LOCK_EOK);
}

Test(SUITE, the_longest_limits_wait_for_the_notification)
{
    static const int64_t limit[] = {INT64_MAX, INT64_MAX - 1, INT64_MAX / 2};

    for (int i = 0; i < 3; i++) {
        struct place p = {.phase = 0};
        struct waiter w;

        start(&w, &p, limit[i], 1);
        await_waiting(&p.condition, 1);
        thread_condition_notify(&p.condition, 1);
        expect(finish(&w), LOCK_EOK);
    }
}

/* They end one by one, in the order in which they came. */
static void expect_order(struct place *p, struct waiter *w, unsigned n)
{
    for (unsigned i = 0; i < n; i++) {
        const unsigned before = ended(p);

        thread_condition_notify(&p->condition, 1);
        await_ended(p, before + 1);
        check(p->last == &w[i]);
        expect(finish(&w[i]), LOCK_EOK);
    }
}

Test(SUITE, first_come_first_served)
{
    struct place p = {.phase = 0};
    struct waiter w[5];

    for (unsigned i = 0; i < 5; i++) {
        start(&w[i], &p, 0, 1);
        await_waiting(&p.condition, i + 1);
    }
    expect_order(&p, w, 5);
}

/* One gives up: before both others, between them, after them. */
Test(SUITE, who_gives_up_leaves_the_others_in_order)
{
    for (unsigned place = 0; place < 3; place++) {
        struct place p = {.phase = 0};
        struct waiter hurried, w[2], *next = w;

        for (unsigned i = 0; i < 3; i++) {
            if (i == place)
                start(&hurried, &p, 50 * MS, 1);
            else
                start(next++, &p, 0, 1);
            await_begun(&p, i + 1);
        }
        expect(finish(&hurried), LOCK_ETIMEDOUT);
        check(waiting(&p.condition) == 2);
        expect_order(&p, w, 2);
    }
}

static void ignore(int number)
{
    (void)number;
}

Test(SUITE, signals_end_no_wait)
{
    struct place p = {.phase = 0};
    struct waiter patient, hurried;

    signal(SIGUSR1, ignore);
    start(&patient, &p, 0, 1);
    await_begun(&p, 1);
    start(&hurried, &p, 50 * MS, 1);
    await_begun(&p, 2);
    for (int i = 0; i < 50; i++) {
        pthread_kill(patient.thread, SIGUSR1);
        pthread_kill(hurried.thread, SIGUSR1);
        sched_yield();
    }
    expect(finish(&hurried), LOCK_ETIMEDOUT);
    check(hurried.took >= 50 * MS);
    check(waiting(&p.condition) == 1);
    thread_condition_notify(&p.condition, 1);
    expect(finish(&patient), LOCK_EOK);
}

/* Two wait, and are notified once, at about the time when the limit of the
   first is over: either it is notified, or the second is. */
Test(SUITE, a_notification_and_a_time_out_at_once_lose_nothing)
{
    const int64_t end = monotonic() + 2000 * (int64_t)MS;
    int64_t limit = 200000;
    unsigned notified = 0, timed_out = 0;

    while (notified == 0 || timed_out == 0
           || (notified + timed_out < 500 && monotonic() < end)) {
        struct place p = {.phase = 0};
        struct waiter hurried, patient;

        start(&hurried, &p, limit, 1);
        await_begun(&p, 1);
        start(&patient, &p, 0, 1);
        await_begun(&p, 2);
        thread_condition_notify(&p.condition, 1);
        if (finish(&hurried) == LOCK_EOK) {
            notified++;
            limit -= limit / 8;
            check(waiting(&p.condition) == 1);
            thread_condition_notify(&p.condition, 1);
        } else {
            timed_out++;
            limit += limit / 8 + 500;
        }
        expect(finish(&patient), LOCK_EOK);
    }
}

/* >>freeing */

struct freed {
    struct thread_lock lock;
    struct thread_condition *condition;
};

static void *wait_and_unmap(void *arg)
{
    struct freed *f = arg;

    expect(thread_lock_acquire(&f->lock), LOCK_EOK);
    expect(thread_condition_wait(f->condition, &f->lock), LOCK_EOK);
    check(munmap(f->condition, 4096) == 0);
    expect(thread_lock_release(&f->lock), LOCK_EOK);
    return NULL;
}

Test(SUITE, who_waited_last_may_free_the_condition_at_once)
{
    for (int i = 0; i < 500; i++) {
        struct freed f = {THREAD_LOCK_INIT, NULL};
        pthread_t thread;

        f.condition = mmap(NULL, 4096, PROT_READ | PROT_WRITE,
                           MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
        check(f.condition != MAP_FAILED);
        check(pthread_create(&thread, NULL, wait_and_unmap, &f) == 0);
        await_waiting(f.condition, 1);
        if (i % 2)
            thread_condition_notify(f.condition, 2);
        else
            thread_condition_notify_all(f.condition);
        pthread_join(thread, NULL);
    }
}
