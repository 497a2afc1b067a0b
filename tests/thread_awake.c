/* The thread lock on the scripted port, with looks before it sleeps: it keeps
   all that it promises without them, and the next owner stays awake. The clock
   stands still unless a pause moves it. */
#define THREAD_LOCK_SPIN 1
#define thread_script thread_awake
#include "thread_script.c"

#define US 1000

static int64_t started;

/* The first pause is the look before the queue; the rest, of the next owner. */
static void woken_in_vain(void (*pause)(void))
{
    when_asleep(wake_up_in_vain, hand_over);
    at_pause = pause;
    pauses = 0;
    started = clock_ns;
}

static void a_microsecond_passes(void)
{
    clock_ns += US;
}

static void released_at_the_third_look(void)
{
    if (pauses == 4)
        released();
}

Test(thread_awake, a_hand_over_to_one_who_is_awake_costs_no_sleep)
{
    woken_in_vain(released_at_the_third_look);
    script[1] = NULL;
    expect(thread_lock_acquire(&l), LOCK_EOK);
    check(sleeps == 1);
    check(pauses == 4);
    at_pause = NULL;
    expect_held_and_nothing_left();
}

Test(thread_awake, after_20_us_the_next_owner_sleeps)
{
    woken_in_vain(a_microsecond_passes);
    expect(thread_lock_acquire(&l), LOCK_EOK);
    check(sleeps == 2);
    check(pauses == 1 + 20);
    check(clock_ns - started == 21 * US);
    at_pause = NULL;
    expect_held_and_nothing_left();
}

Test(thread_awake, a_clock_that_stands_still_keeps_nobody_awake)
{
    woken_in_vain(NULL);
    expect(thread_lock_acquire(&l), LOCK_EOK);
    check(sleeps == 2);
    check(pauses == 1 + 25);
    expect_held_and_nothing_left();
}

Test(thread_awake, a_time_limit_ends_in_time_though_the_thread_is_awake)
{
    woken_in_vain(a_microsecond_passes);
    script[1] = time_out;
    expect(thread_lock_acquire_for(&l, 7 * US), LOCK_ETIMEDOUT);
    check(last_until == started + 7 * US);
    check(clock_ns == started + 7 * US);
    at_pause = NULL;
    expect_held_and_nothing_left();
}

Test(thread_awake, a_hand_over_at_the_end_of_the_limit_is_kept)
{
    woken_in_vain(a_microsecond_passes);
    script[1] = hand_over_and_time_out;
    expect(thread_lock_acquire_for(&l, 7 * US), LOCK_EOK);
    at_pause = NULL;
    expect_held_and_nothing_left();
}

Test(thread_awake, an_interruptible_wait_does_not_stay_awake)
{
    woken_in_vain(NULL);
    expect(thread_lock_acquire_interruptible(&l, THREAD_LOCK_FOREVER),
           LOCK_EOK);
    check(sleeps == 2);
    check(pauses == 1);
    expect_held_and_nothing_left();
}

Test(thread_awake, a_thread_that_sleeps_for_the_first_time_does_not_stay_awake)
{
    when_asleep(wake_up, NULL);
    pauses = 0;
    expect(thread_lock_acquire(&l), LOCK_EOK);
    check(pauses == 1);
}
