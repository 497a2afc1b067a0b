/* The thread lock on a port that is a script: while a thread "sleeps", the test
   does what other threads would do meanwhile, and says how the sleep ends. What
   takes rare luck with real threads takes a few lines here, on one. */
#define THREAD_LOCK_PORT_CUSTOM
#define THREAD_LOCK_HAS_EINTR 1
#ifndef THREAD_LOCK_SPIN
#define THREAD_LOCK_SPIN 0
#endif
#include "lock.h"

#include "suite.h"
#include <string.h>

struct thread_lock_parker {
    bool woken;
};

static enum lock_error (*script[8])(void);      /* one for each sleep */
static unsigned sleeps, sections, masked, pauses, live_parkers;
static enum lock_error init_result;
static int64_t last_until, clock_ns = 1000;
static void (*before_edit)(void);       /* what comes between, once */
static void (*at_pause)(void);          /* what the one that we wait for does */

static enum lock_error thread_lock_port_init(struct thread_lock_parker *p)
{
    p->woken = false;
    live_parkers += init_result == LOCK_EOK;
    return init_result;
}

static void thread_lock_port_destroy(struct thread_lock_parker *p)
{
    (void)p;
    live_parkers--;
}

/* A wake-up that has come goes before whatever the script says, as it does in a
   binary semaphore; a step of the script may bring it. */
static enum lock_error thread_lock_port_park(struct thread_lock_parker *p,
                                             int64_t until)
{
    enum lock_error e = LOCK_EOK;

    check(masked == 0);
    last_until = until;
    if (!p->woken || script[sleeps] != NULL)
        e = script[sleeps++]();
    if (e != LOCK_EOK)
        return e;
    check(p->woken);        /* else it would sleep for ever */
    p->woken = false;
    return LOCK_EOK;
}

static void thread_lock_port_unpark(struct thread_lock_parker *p)
{
    check(masked == 0);
    check(!p->woken);
    p->woken = true;
}

static int64_t thread_lock_port_now(void)
{
    return clock_ns;
}

static void thread_lock_port_pause(unsigned n)
{
    (void)n;
    pauses++;
    if (at_pause != NULL)
        at_pause();
}

static uintptr_t thread_lock_port_enter(void)
{
    void (*const other)(void) = before_edit;

    before_edit = NULL;
    if (other != NULL)
        other();
    check(masked++ == 0);
    return ++sections;
}

static void thread_lock_port_leave(uintptr_t mask)
{
    check(mask == sections);
    masked--;
}

#define THREAD_LOCK_IMPLEMENTATION
#include "lock.h"

static struct thread_lock l;

/* A lock that another thread holds, and what happens while we sleep. */
static void when_asleep(enum lock_error (*first)(void),
                        enum lock_error (*then)(void))
{
    memset(&l, 0, sizeof l);
    memset(script, 0, sizeof script);
    script[0] = first;
    script[1] = then;
    sleeps = 0;
    expect(thread_lock_acquire(&l), LOCK_EOK);
}

static void expect_held_and_nothing_left(void)
{
    check(l.word == THREAD_LOCK_HELD_);
    check(live_parkers == 0);
    check(masked == 0);
}

/* >>steps of a script */

static void released(void)
{
    expect(thread_lock_release(&l), LOCK_EOK);
}

static void released_and_taken_again(void)
{
    released();
    expect(thread_lock_try_acquire(&l), LOCK_EOK);
}

static enum lock_error time_out(void)
{
    return LOCK_ETIMEDOUT;
}

static enum lock_error system_error(void)
{
    return LOCK_ESYSTEM;
}

static enum lock_error signal_arrives(void)
{
    return LOCK_EINTR;
}

static enum lock_error wake_up(void)
{
    released();
    return LOCK_EOK;
}

static enum lock_error wake_up_in_vain(void)
{
    released_and_taken_again();
    return LOCK_EOK;
}

static enum lock_error wake_up_and_time_out(void)
{
    released();
    return LOCK_ETIMEDOUT;
}

static enum lock_error wake_up_in_vain_and_time_out(void)
{
    released_and_taken_again();
    return LOCK_ETIMEDOUT;
}

static enum lock_error wake_up_and_signal(void)
{
    released();
    return LOCK_EINTR;
}

static enum lock_error hand_over_and_time_out(void)
{
    released();
    expect(thread_lock_try_acquire(&l), LOCK_EBUSY);    /* ours already */
    return LOCK_ETIMEDOUT;
}

/* >>claims */

Test(thread_script, a_wake_up_brings_the_lock)
{
    when_asleep(wake_up, NULL);
    expect(thread_lock_acquire(&l), LOCK_EOK);
    check(last_until == THREAD_LOCK_FOREVER);
    expect_held_and_nothing_left();
}

Test(thread_script, a_deadline_is_now_and_the_limit_or_never)
{
    when_asleep(wake_up, wake_up);
    expect(thread_lock_acquire_for(&l, 234), LOCK_EOK);
    check(last_until == 1234);
    expect(thread_lock_acquire_for(&l, INT64_MAX - 1000), LOCK_EOK);
    check(last_until == THREAD_LOCK_FOREVER);
}

Test(thread_script, acquire_ex_rounds_any_part_of_a_nanosecond_up)
{
    when_asleep(time_out, time_out);
    expect(thread_lock_acquire_ex(&l, true, 1e-10), LOCK_ETIMEDOUT);
    check(last_until == 1001);
    expect(thread_lock_acquire_ex(&l, true, 2.5), LOCK_ETIMEDOUT);
    check(last_until == 1000 + 2500000000);
}

Test(thread_script, a_time_out_leaves_the_holder_alone)
{
    when_asleep(time_out, NULL);
    expect(thread_lock_acquire_for(&l, 1), LOCK_ETIMEDOUT);
    expect_held_and_nothing_left();
}

Test(thread_script, a_wake_up_that_meets_a_time_out_still_brings_the_lock)
{
    when_asleep(wake_up_and_time_out, NULL);
    expect(thread_lock_acquire_for(&l, 1), LOCK_EOK);
    check(last_until == THREAD_LOCK_FOREVER);   /* it waited for the wake-up */
    expect_held_and_nothing_left();
}

Test(thread_script, a_wake_up_in_vain_that_meets_a_time_out_is_passed_back)
{
    when_asleep(wake_up_in_vain_and_time_out, NULL);
    expect(thread_lock_acquire_for(&l, 1), LOCK_ETIMEDOUT);
    expect_held_and_nothing_left();
}

Test(thread_script, a_hand_over_that_meets_a_time_out_is_kept)
{
    when_asleep(wake_up_in_vain, hand_over_and_time_out);
    expect(thread_lock_acquire_for(&l, 1), LOCK_EOK);
    expect_held_and_nothing_left();
}

Test(thread_script, a_wake_up_that_meets_a_signal_still_brings_the_lock)
{
    when_asleep(wake_up_and_signal, NULL);
    expect(thread_lock_acquire_interruptible(&l, 1), LOCK_EOK);
    expect_held_and_nothing_left();
}

Test(thread_script, a_signal_ends_only_an_interruptible_wait)
{
    when_asleep(signal_arrives, NULL);
    expect(thread_lock_acquire_interruptible(&l, 1), LOCK_EINTR);
    expect_held_and_nothing_left();
    when_asleep(signal_arrives, NULL);
    expect(thread_lock_acquire_ex(&l, true, -1), LOCK_EINTR);
    expect_held_and_nothing_left();
    when_asleep(signal_arrives, wake_up);
    expect(thread_lock_acquire_for(&l, 1), LOCK_EOK);
    when_asleep(signal_arrives, wake_up);
    expect(thread_lock_acquire(&l), LOCK_EOK);
}

Test(thread_script, a_sleep_that_fails_after_the_wake_up_was_sent_is_retried)
{
    when_asleep(wake_up_and_time_out, system_error);
    expect(thread_lock_acquire_for(&l, 1), LOCK_EOK);
    check(sleeps == 2);
    expect_held_and_nothing_left();
}

Test(thread_script, a_sleep_that_fails_is_told_and_leaves_no_trace)
{
    when_asleep(system_error, NULL);
    expect(thread_lock_acquire(&l), LOCK_ESYSTEM);
    expect_held_and_nothing_left();
}

Test(thread_script, without_a_parker_nothing_is_queued)
{
    when_asleep(NULL, NULL);
    init_result = LOCK_ESYSTEM;
    expect(thread_lock_acquire(&l), LOCK_ESYSTEM);
    init_result = LOCK_EOK;
    expect_held_and_nothing_left();
}

/* Another sleeps behind us; when it wakes up, we were picked, and are late. */
static enum lock_error another_sleeps(void)
{
    expect(thread_lock_acquire_for(&l, 1), LOCK_EOK);
    return LOCK_EOK;
}

static enum lock_error the_first_is_picked_and_time_out(void)
{
    released();
    check(!thread_lock_locked(&l));
    return LOCK_ETIMEDOUT;
}

static enum lock_error hand_over(void)
{
    released();
    return LOCK_EOK;
}

Test(thread_script, who_times_out_while_the_lock_is_free_takes_it)
{
    when_asleep(another_sleeps, the_first_is_picked_and_time_out);
    script[2] = hand_over;
    expect(thread_lock_acquire(&l), LOCK_EOK);
    check(sleeps == 3);
    expect_held_and_nothing_left();
}

static struct lock_job *posted;

static void post(struct lock_loop *loop, struct lock_job *job)
{
    (void)loop;
    check(masked == 0);
    posted = job;
}

static struct lock_loop loop = {post};
static struct thread_lock_waiter w;
static int ran;

static void count_run(void *arg, enum lock_error result)
{
    (void)arg;
    expect(result, LOCK_EOK);
    ran++;
}

static enum lock_error one_queues_and_the_lock_is_released(void)
{
    expect(thread_lock_acquire_async(&l, &w, &loop, count_run, NULL),
           LOCK_EPENDING);
    released();
    expect(thread_lock_cancel(&l, &w), LOCK_EOK);   /* the lock is free now */
    check(!thread_lock_locked(&l));
    return LOCK_EOK;
}

Test(thread_script, a_cancel_leaves_a_free_lock_free)
{
    when_asleep(one_queues_and_the_lock_is_released, NULL);
    expect(thread_lock_acquire(&l), LOCK_EOK);
    check(ran == 0 && posted == NULL);
    expect_held_and_nothing_left();
}

static enum lock_error one_queues_and_we_give_up(void)
{
    expect(thread_lock_acquire_async(&l, &w, &loop, count_run, NULL),
           LOCK_EPENDING);
    released_and_taken_again();
    return LOCK_ETIMEDOUT;
}

Test(thread_script, when_a_woken_thread_gives_up_the_next_gets_the_lock)
{
    when_asleep(one_queues_and_we_give_up, NULL);
    expect(thread_lock_acquire_for(&l, 1), LOCK_ETIMEDOUT);
    released();
    check(posted == &w.job);
    posted->run(posted);
    check(ran == 1);
    expect_held_and_nothing_left();
}

static enum lock_error one_queues_and_our_time_is_up(void)
{
    expect(thread_lock_acquire_async(&l, &w, &loop, count_run, NULL),
           LOCK_EPENDING);
    released();
    return LOCK_ETIMEDOUT;
}

static uintptr_t edited;

static enum lock_error another_edits_the_free_lock(void)
{
    edited = l.word;
    l.word |= THREAD_LOCK_EDIT_ | THREAD_LOCK_HELD_;
    return LOCK_EOK;
}

static void finished(void)
{
    if (l.word & THREAD_LOCK_EDIT_)
        l.word = edited;
}

/* An edit shows a free lock as held. To believe that would be to leave it free,
   with one who waits and no one awake. */
Test(thread_script, who_gives_up_when_woken_sees_an_edit_through)
{
    when_asleep(one_queues_and_our_time_is_up, another_edits_the_free_lock);
    at_pause = finished;
    expect(thread_lock_acquire_for(&l, 1), LOCK_EOK);
    at_pause = NULL;
    expect(thread_lock_cancel(&l, &w), LOCK_EOK);
    expect_held_and_nothing_left();
}

/* >>what another thread does just before an edit */

static void queue_one(void)
{
    posted = NULL;
    ran = 0;
    when_asleep(NULL, NULL);
    expect(thread_lock_acquire_async(&l, &w, &loop, count_run, NULL),
           LOCK_EPENDING);
}

Test(thread_script, a_cancel_that_a_hand_over_forestalls_is_too_late)
{
    queue_one();
    before_edit = released;
    expect(thread_lock_cancel(&l, &w), LOCK_ENOTWAITING);
    check(posted == &w.job);
    posted->run(posted);
    check(ran == 1);
    expect_held_and_nothing_left();
}

static void cancelled(void)
{
    expect(thread_lock_cancel(&l, &w), LOCK_EOK);
}

/* The lock gets free, and we are woken; w stays in the queue. */
static enum lock_error one_queues_and_two_release_at_once(void)
{
    expect(thread_lock_acquire_async(&l, &w, &loop, count_run, NULL),
           LOCK_EPENDING);
    before_edit = released;
    expect(thread_lock_release(&l), LOCK_ENOTLOCKED);
    check(!thread_lock_locked(&l));
    return LOCK_EOK;
}

Test(thread_script, a_release_of_a_lock_that_just_got_free_leaves_its_queue)
{
    when_asleep(one_queues_and_two_release_at_once, NULL);
    expect(thread_lock_acquire(&l), LOCK_EOK);
    cancelled();
    expect_held_and_nothing_left();
}

Test(thread_script, a_release_that_a_cancel_forestalls_sets_the_lock_free)
{
    queue_one();
    before_edit = cancelled;
    expect(thread_lock_release(&l), LOCK_EOK);
    check(l.word == 0 && posted == NULL);
}

static void cancelled_and_released(void)
{
    cancelled();
    released();
}

Test(thread_script, a_release_that_another_forestalls_is_refused)
{
    queue_one();
    before_edit = cancelled_and_released;
    expect(thread_lock_release(&l), LOCK_ENOTLOCKED);
    check(l.word == 0 && posted == NULL);
}

Test(thread_script, who_is_about_to_queue_when_the_lock_gets_free_takes_it)
{
    when_asleep(NULL, NULL);
    before_edit = released;
    expect(thread_lock_acquire(&l), LOCK_EOK);
    check(sleeps == 0);
    expect_held_and_nothing_left();
    before_edit = released;
    expect(thread_lock_acquire_async(&l, &w, &loop, count_run, NULL), LOCK_EOK);
    expect_held_and_nothing_left();
    expect(thread_lock_cancel(&l, &w), LOCK_ENOTWAITING);
}

Test(thread_script, edits_are_masked_one_at_a_time)
{
    const unsigned before = sections;

    when_asleep(wake_up, NULL);
    check(sections == before);      /* nobody waits: nothing to edit */
    expect(thread_lock_acquire(&l), LOCK_EOK);
    check(sections > before);
    check(masked == 0);
}
