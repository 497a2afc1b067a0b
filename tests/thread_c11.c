/* The thread lock on <threads.h> alone, with a test able to have it refuse, and
   to set the clock. */
#include "refuse.h"

#include <threads.h>
#include <time.h>

static atomic_bool refuse_cnd, refuse_clock;
static _Atomic(long long) last_seconds;     /* the limit of the last sleep */
static atomic_int sleeps, short_sleeps;     /* these of them are over at once */
static _Atomic(long long) clock_step;   /* seconds */

/* mtx_unlock is not asked: of a mutex that its thread holds, it cannot fail. */
#define MAY_FAIL(name, parameters, call) \
    static int name##_or_refuse parameters \
    { \
        return refused() ? thrd_error : call; \
    }

MAY_FAIL(mtx_init, (mtx_t *m, int type), mtx_init(m, type))
MAY_FAIL(mtx_lock, (mtx_t *m), mtx_lock(m))
MAY_FAIL(cnd_init, (cnd_t *c), refuse_cnd ? thrd_nomem : cnd_init(c))
MAY_FAIL(cnd_signal, (cnd_t *c), cnd_signal(c))
MAY_FAIL(cnd_wait, (cnd_t *c, mtx_t *m), cnd_wait(c, m))

static int cnd_timedwait_or_refuse(cnd_t *c, mtx_t *m, const struct timespec *t)
{
    last_seconds = t->tv_sec;
    if (++sleeps <= short_sleeps)
        return thrd_timedout;
    return refused() ? thrd_error : cnd_timedwait(c, m, t);
}

static int timespec_get_or_refuse(struct timespec *t, int base)
{
    if (refused() || refuse_clock)
        return 0;
    timespec_get(t, base);
    t->tv_sec += (time_t)clock_step;
    return base;
}

#define THREAD_LOCK_PORT_C11
#define THREAD_LOCK_STATIC
#define mtx_init mtx_init_or_refuse
#define mtx_lock mtx_lock_or_refuse
#define cnd_init cnd_init_or_refuse
#define cnd_signal cnd_signal_or_refuse
#define cnd_wait cnd_wait_or_refuse
#define cnd_timedwait cnd_timedwait_or_refuse
#define timespec_get timespec_get_or_refuse
#include "lock.h"
#undef mtx_init
#undef mtx_lock
#undef cnd_init
#undef cnd_signal
#undef cnd_wait
#undef cnd_timedwait
#undef timespec_get

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
