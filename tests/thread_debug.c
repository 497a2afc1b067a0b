/* The thread lock's debug build, on the scripted port: it keeps all that the
   normal build promises, and tells who waits too long for whom. */
#include <stdint.h>

struct thread_lock_report;

static int64_t debug_ns = INT64_MAX;
static uintptr_t me = 1;

static void note(const struct thread_lock_report *r);

static uintptr_t thread_lock_port_self(void)
{
    return me;
}

#define THREAD_LOCK_DEBUG
#define THREAD_LOCK_DEBUG_NS debug_ns
#define THREAD_LOCK_DEBUG_HOOK note
#define thread_script thread_debug
#include "thread_script.c"

static struct thread_lock_report reports[8];
static unsigned reported;

static void note(const struct thread_lock_report *r)
{
    check(masked == 0);
    reports[reported++ % 8] = *r;     /* in one process, others add up */
}

static bool is_line(const char *site, int line)
{
    char here[200];

    snprintf(here, sizeof here, "%s:%d", __FILE__, line);
    return site != NULL && strcmp(site, here) == 0;
}

static void expect_holder(int line, uintptr_t thread)
{
    check(is_line((const char *)l.site, line));
    check(l.thread == thread);
}

static int held_line;

static void expect_report(unsigned n, int waiter_line, int64_t waited_ns,
                          int64_t held_ns)
{
    const struct thread_lock_report *r = &reports[n];

    check(n < reported);
    check(r->lock == &l);
    check(is_line(r->waiter, waiter_line));
    check(is_line(r->holder, held_line));
    check(r->waited_ns == waited_ns);
    check(r->held_ns == held_ns);
}

#define MS 1000000

/* Thread 1 holds the lock since then, and this happens while we sleep. */
static void held_since(int64_t ms, enum lock_error (*first)(void),
                       enum lock_error (*then)(void))
{
    clock_ns = ms * MS;
    debug_ns = 100 * MS;
    reported = 0;
    me = 1;
    when_asleep(first, then);
    released();
    held_line = __LINE__ + 1;
    expect(thread_lock_acquire(&l), LOCK_EOK);
    memset(&w, 0, sizeof w);
}

/* >>steps of a script */

static enum lock_error all_that_time(void)
{
    clock_ns = last_until;
    return LOCK_ETIMEDOUT;
}

static enum lock_error half_that_time_and_a_signal(void)
{
    clock_ns += (last_until - clock_ns) / 2;
    return LOCK_EINTR;
}

static enum lock_error half_that_time_and_a_wake_up_in_vain(void)
{
    clock_ns += (last_until - clock_ns) / 2;
    return wake_up_in_vain();
}

/* >>claims */

Test(thread_debug, a_wait_is_reported_once_per_period_with_who_waits_for_whom)
{
    int line;

    held_since(500, all_that_time, all_that_time);
    script[2] = script[3] = all_that_time;
    clock_ns += 7 * MS;
    me = 2;
    line = __LINE__ + 1;
    expect(thread_lock_acquire_for(&l, 350 * MS), LOCK_ETIMEDOUT);
    check(clock_ns == 857 * MS);
    check(reported == 3);
    for (unsigned i = 0; i < 3; i++) {
        const int64_t waited = (i + 1) * 100 * MS;

        expect_report(i, line, waited, waited + 7 * MS);
        check(reports[i].waiter_thread == 2);
        check(reports[i].holder_thread == 1);
    }
    expect_held_and_nothing_left();
}

Test(thread_debug, a_wait_without_a_limit_is_reported_too_and_goes_on)
{
    held_since(0, all_that_time, wake_up);
    me = 2;
    expect(thread_lock_acquire(&l), LOCK_EOK);
    check(reported == 1 && sleeps == 2);
    expect_held_and_nothing_left();
}

Test(thread_debug, neither_signals_nor_wake_ups_in_vain_put_a_report_off)
{
    held_since(0, half_that_time_and_a_signal,
               half_that_time_and_a_wake_up_in_vain);
    script[2] = all_that_time;
    script[3] = hand_over;
    me = 2;
    expect(thread_lock_acquire(&l), LOCK_EOK);
    check(reported == 1);
    check(reports[0].waited_ns == 100 * MS);
    expect_held_and_nothing_left();
}

Test(thread_debug, a_clock_set_back_makes_no_wait_negative)
{
    held_since(500, NULL, NULL);
    expect(thread_lock_acquire_async(&l, &w, &loop, count_run, NULL),
           LOCK_EPENDING);
    clock_ns = 300 * MS;
    debug_ns = -1000 * MS;
    thread_lock_debug_check(&l, &w);
    check(reported == 1);
    check(reports[0].waited_ns == 0 && reports[0].held_ns == 0);
    expect(thread_lock_cancel(&l, &w), LOCK_EOK);
}

Test(thread_debug, a_limit_of_a_period_or_less_is_not_reported)
{
    held_since(0, all_that_time, NULL);
    expect(thread_lock_acquire_for(&l, 100 * MS), LOCK_ETIMEDOUT);
    check(reported == 0);
}

Test(thread_debug, each_way_to_acquire_leaves_its_line_and_thread)
{
    held_since(0, NULL, NULL);
    released();
    me = 7;
#define LEAVES_ITS_LINE(call) \
    do { \
        me++; \
        expect(call, LOCK_EOK); \
        expect_holder(__LINE__, me); \
        expect(thread_lock_release(&l), LOCK_EOK); \
    } while (0)
    LEAVES_ITS_LINE(thread_lock_acquire(&l));
    LEAVES_ITS_LINE(thread_lock_try_acquire(&l));
    LEAVES_ITS_LINE(thread_lock_acquire_for(&l, 1));
    LEAVES_ITS_LINE(thread_lock_acquire_interruptible(&l, 1));
    LEAVES_ITS_LINE(thread_lock_acquire_ex(&l, true, 1));
    LEAVES_ITS_LINE(thread_lock_acquire_ex(&l, false, -1));
    LEAVES_ITS_LINE(thread_lock_acquire_async(&l, &w, &loop, count_run, &l));
    me++;
    THREAD_LOCK_WITH(&l)
        expect_holder(__LINE__ - 1, me);
    check(!thread_lock_locked(&l));
}

Test(thread_debug, a_block_is_skipped_where_the_acquire_fails)
{
    held_since(0, system_error, NULL);
    THREAD_LOCK_WITH(&l)
        check(false);
    expect_holder(held_line, 1);
    expect_held_and_nothing_left();
}

Test(thread_debug, who_was_woken_leaves_its_line)
{
    held_since(0, wake_up, NULL);
    me = 2;
    expect(thread_lock_acquire(&l), LOCK_EOK);
    expect_holder(__LINE__ - 1, 2);
}

Test(thread_debug, who_is_handed_the_lock_holds_it_from_where_it_waited)
{
    int line;

    held_since(0, NULL, NULL);
    me = 5;
    line = __LINE__ + 1;
    (void)thread_lock_acquire_async(&l, &w, &loop, count_run, NULL);
    me = 6;
    clock_ns = 30 * MS;
    released();
    expect_holder(line, 5);
    check(l.since == 30);
    posted->run(posted);
    expect_holder(line, 5);
}

Test(thread_debug, a_continuation_is_reported_where_its_loop_asks)
{
    int line;

    held_since(0, NULL, NULL);
    me = 3;
    line = __LINE__ + 1;
    (void)thread_lock_acquire_async(&l, &w, &loop, count_run, NULL);
    clock_ns = 100 * MS - 1;
    thread_lock_debug_check(&l, &w);
    check(reported == 0);
    clock_ns = 100 * MS;
    thread_lock_debug_check(&l, &w);
    check(reported == 1);
    expect_report(0, line, 100 * MS, 100 * MS);
    check(reports[0].waiter_thread == 3);
    released();
    clock_ns = 300 * MS;
    thread_lock_debug_check(&l, &w);    /* it no longer waits */
    check(reported == 1);
    posted->run(posted);
}

Test(thread_debug, a_refused_acquire_leaves_no_trace)
{
    static struct thread_lock_waiter before, unused;

    held_since(0, NULL, NULL);
    (void)thread_lock_acquire_async(&l, &w, &loop, count_run, NULL);
    before = w;
    me = 9;
    expect(thread_lock_acquire_async(&l, &w, &loop, count_run, NULL),
           LOCK_EINVAL);
    check(memcmp(&before, &w, sizeof w) == 0);
    expect(thread_lock_acquire_async(&l, NULL, &loop, count_run, NULL),
           LOCK_EINVAL);
    expect(thread_lock_acquire_async(&l, &unused, NULL, count_run, NULL),
           LOCK_EINVAL);
    expect(thread_lock_acquire_async(&l, &unused, &loop, NULL, NULL),
           LOCK_EINVAL);
    check(unused.site == NULL && unused.since == 0);
    expect(thread_lock_acquire_ex(&l, false, 1), LOCK_EINVAL);
    expect_holder(held_line, 1);
    expect(thread_lock_cancel(&l, &w), LOCK_EOK);
}

Test(thread_debug, a_thread_that_waits_for_itself_is_reported_at_once)
{
    int line;

    held_since(0, wake_up, NULL);
    clock_ns += 5 * MS;
    line = __LINE__ + 1;
    expect(thread_lock_acquire(&l), LOCK_EOK);
    check(reported == 1);
    expect_report(0, line, 0, 5 * MS);
    check(reports[0].waiter_thread == 1 && reports[0].holder_thread == 1);
}

Test(thread_debug, a_limited_wait_for_itself_is_not_reported_at_once)
{
    held_since(0, time_out, NULL);
    expect(thread_lock_acquire_for(&l, 50 * MS), LOCK_ETIMEDOUT);
    check(reported == 0);
}

/* Another thread opens the gate while this one waits at it. */
Test(thread_debug, a_gate_is_not_reported)
{
    held_since(0, wake_up, NULL);
    released();
    expect((thread_lock_acquire)(&l), LOCK_EOK);
    expect((thread_lock_acquire)(&l), LOCK_EOK);
    expect_held_and_nothing_left();
    check(reported == 0 && sleeps == 1);
}

Test(thread_debug, a_release_clears_the_note_of_the_owner)
{
    held_since(0, NULL, NULL);
    released();
    check(l.site == 0 && l.thread == 0);
    expect(thread_lock_release(&l), LOCK_ENOTLOCKED);
    check(l.site == 0 && l.thread == 0);
}

/* An owner whose call was in parentheses is unknown, not the one before. */
Test(thread_debug, no_owner_is_blamed_for_the_next_one)
{
    held_since(0, all_that_time, wake_up);
    released();
    expect((thread_lock_try_acquire)(&l), LOCK_EOK);
    me = 2;
    expect(thread_lock_acquire(&l), LOCK_EOK);
    check(reported == 1);
    check(reports[0].holder == NULL && reports[0].holder_thread == 0);
}

Test(thread_debug, a_waiter_without_a_line_that_is_handed_the_lock_is_unknown)
{
    held_since(0, NULL, NULL);
    expect((thread_lock_acquire_async)(&l, &w, &loop, count_run, NULL),
           LOCK_EPENDING);
    released();
    check(thread_lock_locked(&l) && l.site == 0 && l.thread == 0);
    posted->run(posted);
}

/* An acquire by way of a pointer to a function notes no owner. */
Test(thread_debug, a_holder_without_a_line_is_reported_as_unknown)
{
    enum lock_error (*const acquire)(struct thread_lock *) =
        thread_lock_acquire;

    held_since(0, all_that_time, wake_up);
    memset(&l, 0, sizeof l);
    expect(acquire(&l), LOCK_EOK);
    expect(thread_lock_acquire(&l), LOCK_EOK);
    check(reported == 1 && reports[0].holder == NULL);
}
