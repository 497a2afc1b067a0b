/* The thread lock's suite on <threads.h> alone. */
#include "port_c11.h"

#define SUITE thread_c11
#define PORT_NAME "c11"
#define STRAY_WAKE(parker) cnd_broadcast(&(parker)->unparked)

#include "thread.h"

Test(SUITE, without_a_condition_variable_the_mutex_is_given_back)
{
    struct thread_lock l = THREAD_LOCK_INIT;

    expect(thread_lock_acquire(&l), LOCK_EOK);
    refuse_cnd = true;
    expect(thread_lock_acquire(&l), LOCK_ESYSTEM);
    refuse_cnd = false;
    expect(thread_lock_release(&l), LOCK_EOK);
    check(l.word == 0);
}

/* The clock of this port is the wall clock, so a step may end a limited wait
   early; still it has one outcome, and nothing is left behind. */
Test(SUITE, a_clock_that_is_set_changes_when_a_wait_ends_but_not_how)
{
    struct thread_lock l = THREAD_LOCK_INIT;

    expect(thread_lock_acquire(&l), LOCK_EOK);
    clock_step = -86400;    /* and back, so to speak, while it waits */
    expect(thread_lock_acquire_for(&l, 1000000000), LOCK_ETIMEDOUT);
    clock_step = 0;
    check(queued(&l) == 0);
    expect(thread_lock_release(&l), LOCK_EOK);
    check(l.word == 0);
}

Test(SUITE, a_clock_that_fails_cuts_a_time_limit_short)
{
    struct thread_lock l = THREAD_LOCK_INIT;

    expect(thread_lock_acquire(&l), LOCK_EOK);
    refuse_clock = true;
    expect(thread_lock_acquire_for(&l, 1000000000), LOCK_ETIMEDOUT);
    refuse_clock = false;
    expect(thread_lock_release(&l), LOCK_EOK);
    check(l.word == 0);
}

/* A libc may count in 32 bits of something, so a day is the longest sleep. */
Test(SUITE, when_a_day_of_a_longer_limit_is_over_the_wait_goes_on)
{
    const int64_t day = 86400, now = time(NULL);
    struct thread_lock l = THREAD_LOCK_INIT;
    struct acquirer a = {.lock = &l, .timeout = 30 * day * 1000000000};

    expect(thread_lock_acquire(&l), LOCK_EOK);
    sleeps = 0;
    short_sleeps = 1;
    start(&a);
    while (sleeps < 2)
        sched_yield();
    short_sleeps = 0;
    check(last_seconds >= now + day && last_seconds <= now + day + 60);
    expect(thread_lock_release(&l), LOCK_EOK);
    expect(finish(&a), LOCK_EOK);
}
