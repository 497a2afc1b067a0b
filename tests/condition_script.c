/* The condition on a port that is a script: while a thread "sleeps", the test
   does what other threads would do meanwhile, and says how the sleep ends. A
   second thread that waits is a wait inside such a sleep. */
#define THREAD_LOCK_PORT_CUSTOM
#define THREAD_LOCK_SPIN 0
#include "lock.h"

#include "suite.h"
#include <string.h>

struct thread_lock_parker {
    bool woken;
};

static enum lock_error (*script[8])(void);      /* one for each sleep */
static unsigned sleeps, live_parkers, refusals;
static void (*at_refusal)(void);
static int64_t last_until;

static enum lock_error thread_lock_port_init(struct thread_lock_parker *p)
{
    p->woken = false;
    if (refusals > 0) {
        if (--refusals == 0)
            at_refusal();
        return LOCK_ESYSTEM;
    }
    live_parkers++;
    return LOCK_EOK;
}

static void thread_lock_port_destroy(struct thread_lock_parker *p)
{
    (void)p;
    live_parkers--;
}

static enum lock_error thread_lock_port_park(struct thread_lock_parker *p,
                                             int64_t until)
{
    enum lock_error e = LOCK_EOK;

    last_until = until;
    if (!p->woken) {
        check(script[sleeps] != NULL);      /* else it would sleep for ever */
        e = script[sleeps++]();
    }
    if (e != LOCK_EOK)
        return e;
    check(p->woken);
    p->woken = false;
    return LOCK_EOK;
}

static void thread_lock_port_unpark(struct thread_lock_parker *p)
{
    check(!p->woken);
    p->woken = true;
}

static int64_t thread_lock_port_now(void)
{
    return 1000;
}

static void thread_lock_port_pause(unsigned n)
{
    (void)n;
}

static uintptr_t thread_lock_port_enter(void)
{
    return 0;
}

static void thread_lock_port_leave(uintptr_t mask)
{
    (void)mask;
}

#define THREAD_LOCK_IMPLEMENTATION
#include "examples/condition.h"

static struct thread_lock l;
static struct thread_condition c;

/* We hold the lock, and this is what happens when we sleep. */
static void when_asleep(enum lock_error (*first)(void),
                        enum lock_error (*then)(void))
{
    memset(&l, 0, sizeof l);
    memset(&c, 0, sizeof c);
    memset(script, 0, sizeof script);
    script[0] = first;
    script[1] = then;
    sleeps = 0;
    expect(thread_lock_acquire(&l), LOCK_EOK);
}

static void expect_held_and_no_one_waits(void)
{
    check(thread_lock_locked(&l));
    check(c.first == NULL);
    check(!thread_lock_locked(&c.guard));
    check(live_parkers == 0);
}

/* >>steps of a script */

static enum lock_error notified(void)
{
    expect(thread_lock_acquire(&l), LOCK_EOK);
    thread_condition_notify(&c, 1);
    expect(thread_lock_release(&l), LOCK_EOK);
    return LOCK_EOK;
}

static enum lock_error notified_without_the_lock(void)
{
    thread_condition_notify(&c, 1);
    return LOCK_EOK;
}

static enum lock_error all_are_notified(void)
{
    thread_condition_notify_all(&c);
    return LOCK_EOK;
}

static enum lock_error time_out(void)
{
    return LOCK_ETIMEDOUT;
}

static enum lock_error notified_and_time_out(void)
{
    thread_condition_notify(&c, 1);
    return LOCK_ETIMEDOUT;
}

static enum lock_error system_error(void)
{
    return LOCK_ESYSTEM;
}

static enum lock_error notified_and_system_error(void)
{
    thread_condition_notify(&c, 1);
    return LOCK_ESYSTEM;
}

static enum lock_error released(void)
{
    expect(thread_lock_release(&l), LOCK_EOK);
    return LOCK_EOK;
}

static enum lock_error notified_by_one_who_keeps_the_lock(void)
{
    expect(thread_lock_try_acquire(&l), LOCK_EOK);
    thread_condition_notify(&c, 1);
    return LOCK_EOK;
}

/* >>one waits */

Test(condition_script, a_wait_lets_others_have_the_lock_and_ends_holding_it)
{
    when_asleep(notified, NULL);
    expect(thread_condition_wait(&c, &l), LOCK_EOK);
    check(last_until == THREAD_LOCK_FOREVER);
    expect_held_and_no_one_waits();
}

Test(condition_script, who_notifies_need_not_hold_the_lock)
{
    when_asleep(notified_without_the_lock, NULL);
    expect(thread_condition_wait(&c, &l), LOCK_EOK);
    expect_held_and_no_one_waits();
}

Test(condition_script, notify_all_ends_a_wait)
{
    when_asleep(all_are_notified, NULL);
    expect(thread_condition_wait(&c, &l), LOCK_EOK);
    expect_held_and_no_one_waits();
}

Test(condition_script, a_notification_for_nobody_is_not_kept)
{
    when_asleep(time_out, NULL);
    thread_condition_notify(&c, 1);
    thread_condition_notify_all(&c);
    expect(thread_condition_wait_for(&c, &l, 5), LOCK_ETIMEDOUT);
    check(sleeps == 1);
    expect_held_and_no_one_waits();
}

static enum lock_error none_is_notified(void)
{
    thread_condition_notify(&c, 0);
    return LOCK_ETIMEDOUT;
}

Test(condition_script, to_notify_none_wakes_none)
{
    when_asleep(none_is_notified, NULL);
    expect(thread_condition_wait_for(&c, &l, 5), LOCK_ETIMEDOUT);
    expect_held_and_no_one_waits();
}

Test(condition_script, a_time_limit_begins_when_the_wait_begins)
{
    when_asleep(time_out, NULL);
    expect(thread_condition_wait_for(&c, &l, 234), LOCK_ETIMEDOUT);
    check(last_until == 1234);
    expect_held_and_no_one_waits();
}

Test(condition_script, a_notification_that_meets_a_time_out_ends_the_wait)
{
    when_asleep(notified_and_time_out, NULL);
    expect(thread_condition_wait_for(&c, &l, 5), LOCK_EOK);
    expect_held_and_no_one_waits();
}

Test(condition_script, the_lock_is_waited_for_without_a_limit)
{
    when_asleep(notified_by_one_who_keeps_the_lock, released);
    expect(thread_condition_wait_for(&c, &l, 5), LOCK_EOK);
    check(sleeps == 2 && last_until == THREAD_LOCK_FOREVER);
    expect_held_and_no_one_waits();
}

static struct lock_job *posted;

static void post(struct lock_loop *loop, struct lock_job *job)
{
    (void)loop;
    posted = job;
}

static void release_it(void *arg, enum lock_error result)
{
    expect(result, LOCK_EOK);
    expect(thread_lock_release(arg), LOCK_EOK);
}

static enum lock_error the_loop_runs(void)
{
    check(posted != NULL);
    posted->run(posted);
    return LOCK_EOK;
}

Test(condition_script, with_no_time_left_others_still_get_the_lock_meanwhile)
{
    static const int64_t passed[] = {0, -1, INT64_MIN};
    struct lock_loop loop = {post};
    struct thread_lock_waiter w = THREAD_LOCK_WAITER_INIT;

    for (int i = 0; i < 3; i++) {
        when_asleep(the_loop_runs, NULL);
        posted = NULL;
        expect(thread_lock_acquire_async(&l, &w, &loop, release_it, &l),
               LOCK_EPENDING);
        expect(thread_condition_wait_for(&c, &l, passed[i]), LOCK_ETIMEDOUT);
        check(sleeps == 1);
        expect_held_and_no_one_waits();
    }
}

/* >>what is refused */

Test(condition_script, a_wait_without_the_lock_is_refused)
{
    when_asleep(NULL, NULL);
    released();
    expect(thread_condition_wait(&c, &l), LOCK_ENOTLOCKED);
    expect(thread_condition_wait_for(&c, &l, 5), LOCK_ENOTLOCKED);
    check(!thread_lock_locked(&l));
    check(c.first == NULL && !thread_lock_locked(&c.guard));
}

Test(condition_script, a_sleep_that_fails_is_told)
{
    when_asleep(system_error, NULL);
    expect(thread_condition_wait(&c, &l), LOCK_ESYSTEM);
    expect_held_and_no_one_waits();
}

Test(condition_script, a_notification_that_meets_a_failure_ends_the_wait)
{
    when_asleep(notified_and_system_error, NULL);
    expect(thread_condition_wait(&c, &l), LOCK_EOK);
    expect_held_and_no_one_waits();
}

static void nothing(void)
{
}

Test(condition_script, a_thread_that_cannot_sleep_is_told)
{
    when_asleep(NULL, NULL);
    at_refusal = nothing;
    refusals = 1;
    expect(thread_condition_wait(&c, &l), LOCK_ESYSTEM);
    check(refusals == 0);
    expect_held_and_no_one_waits();
}

static void released_at_last(void)
{
    released();
}

static enum lock_error notified_and_no_more_sleep(void)
{
    at_refusal = released_at_last;
    refusals = 3;
    return notified_by_one_who_keeps_the_lock();
}

Test(condition_script, who_cannot_sleep_for_the_lock_asks_until_it_is_free)
{
    when_asleep(notified_and_no_more_sleep, NULL);
    expect(thread_condition_wait(&c, &l), LOCK_EOK);
    check(refusals == 0 && sleeps == 1);
    expect_held_and_no_one_waits();
}

/* >>several wait: each is a thread that sleeps inside another's sleep */

static enum lock_error outcome[4];

static void wait_as(int who, int64_t timeout)
{
    expect(thread_lock_acquire(&l), LOCK_EOK);
    outcome[who] = thread_condition_wait_for(&c, &l, timeout);
    expect(thread_lock_release(&l), LOCK_EOK);
}

static enum lock_error b_waits_and_a_wakes_up(void)
{
    wait_as(1, 5);
    return LOCK_EOK;
}

static enum lock_error b_waits_and_a_times_out(void)
{
    wait_as(1, 5);
    return LOCK_ETIMEDOUT;
}

static enum lock_error c_waits_and_b_times_out(void)
{
    wait_as(2, 5);
    return LOCK_ETIMEDOUT;
}

static enum lock_error c_waits_and_b_wakes_up(void)
{
    wait_as(2, 5);
    return LOCK_EOK;
}

Test(condition_script, who_came_first_is_notified_first)
{
    when_asleep(b_waits_and_a_wakes_up, notified_and_time_out);
    expect(thread_condition_wait(&c, &l), LOCK_EOK);
    check(outcome[1] == LOCK_ETIMEDOUT);
    expect_held_and_no_one_waits();
}

/* Both time out, but b's sleep brings one notification: it is for a. */
Test(condition_script, a_notification_is_for_one)
{
    when_asleep(b_waits_and_a_times_out, notified_and_time_out);
    expect(thread_condition_wait_for(&c, &l, 5), LOCK_EOK);
    check(outcome[1] == LOCK_ETIMEDOUT);
    expect_held_and_no_one_waits();
}

Test(condition_script, notify_all_wakes_all)
{
    when_asleep(b_waits_and_a_wakes_up, c_waits_and_b_wakes_up);
    script[2] = all_are_notified;
    expect(thread_condition_wait(&c, &l), LOCK_EOK);
    check(outcome[1] == LOCK_EOK && outcome[2] == LOCK_EOK);
    expect_held_and_no_one_waits();
}

static enum lock_error two_are_notified_and_time_out(void)
{
    thread_condition_notify(&c, 2);
    return LOCK_ETIMEDOUT;
}

Test(condition_script, to_notify_two_wakes_the_first_two)
{
    when_asleep(b_waits_and_a_wakes_up, c_waits_and_b_wakes_up);
    script[2] = two_are_notified_and_time_out;
    expect(thread_condition_wait(&c, &l), LOCK_EOK);
    check(outcome[1] == LOCK_EOK && outcome[2] == LOCK_ETIMEDOUT);
    expect_held_and_no_one_waits();
}

/* c gives up, then two are notified: a and b are still there. */
static enum lock_error c_times_out_and_two_are_notified(void)
{
    wait_as(2, 5);
    thread_condition_notify(&c, 2);
    return LOCK_EOK;
}

Test(condition_script, when_the_last_gives_up_the_others_stay)
{
    when_asleep(b_waits_and_a_wakes_up, c_times_out_and_two_are_notified);
    script[2] = time_out;
    expect(thread_condition_wait(&c, &l), LOCK_EOK);
    check(outcome[1] == LOCK_EOK && outcome[2] == LOCK_ETIMEDOUT);
    expect_held_and_no_one_waits();
}

static enum lock_error d_waits_and_c_times_out(void)
{
    wait_as(3, 5);
    return LOCK_ETIMEDOUT;
}

Test(condition_script, all_may_give_up_in_any_order)
{
    when_asleep(b_waits_and_a_times_out, c_waits_and_b_times_out);
    script[2] = d_waits_and_c_times_out;
    script[3] = time_out;
    expect(thread_condition_wait_for(&c, &l, 5), LOCK_ETIMEDOUT);
    for (int who = 1; who < 4; who++)
        check(outcome[who] == LOCK_ETIMEDOUT);
    expect_held_and_no_one_waits();
}
