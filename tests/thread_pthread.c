/* The thread lock on POSIX threads, with a test able to have them refuse, and
   to see what they were asked for. */
#include "refuse.h"

#include <errno.h>
#include <pthread.h>
#include <time.h>

static atomic_bool refuse_cond;
static atomic_int last_clock, cond_clock;

/* pthread_mutex_unlock is not asked: of a mutex that its thread holds, it
   cannot fail. */
#define MAY_FAIL(name, parameters, call) \
    static inline int name##_or_refuse parameters \
    { \
        return refused() ? EINVAL : call; \
    }

MAY_FAIL(pthread_mutex_init,
         (pthread_mutex_t *m, const pthread_mutexattr_t *a),
         pthread_mutex_init(m, a))
MAY_FAIL(pthread_mutex_lock, (pthread_mutex_t *m), pthread_mutex_lock(m))
MAY_FAIL(pthread_condattr_init, (pthread_condattr_t *a),
         pthread_condattr_init(a))
MAY_FAIL(pthread_condattr_setclock, (pthread_condattr_t *a, clockid_t clock),
         pthread_condattr_setclock(a, clock))
MAY_FAIL(pthread_cond_signal, (pthread_cond_t *c), pthread_cond_signal(c))
MAY_FAIL(pthread_cond_timedwait,
         (pthread_cond_t *c, pthread_mutex_t *m, const struct timespec *t),
         pthread_cond_timedwait(c, m, t))

static int pthread_cond_init_or_refuse(pthread_cond_t *c,
                                       const pthread_condattr_t *a)
{
    clockid_t clock = -1;

    if (a != NULL)
        pthread_condattr_getclock(a, &clock);
    cond_clock = clock;
    return refused() || refuse_cond ? ENOMEM : pthread_cond_init(c, a);
}

static int gettime(clockid_t clock, struct timespec *t)
{
    last_clock = clock;
    return clock_gettime(clock, t);
}

#define THREAD_LOCK_PORT_PTHREAD
#define THREAD_LOCK_STATIC
#define pthread_mutex_init pthread_mutex_init_or_refuse
#define pthread_mutex_lock pthread_mutex_lock_or_refuse
#define pthread_condattr_init pthread_condattr_init_or_refuse
#define pthread_condattr_setclock pthread_condattr_setclock_or_refuse
#define pthread_cond_init pthread_cond_init_or_refuse
#define pthread_cond_signal pthread_cond_signal_or_refuse
#define pthread_cond_timedwait pthread_cond_timedwait_or_refuse
#define clock_gettime gettime
#include "lock.h"
#undef pthread_mutex_init
#undef pthread_mutex_lock
#undef pthread_condattr_init
#undef pthread_condattr_setclock
#undef pthread_cond_init
#undef pthread_cond_signal
#undef pthread_cond_timedwait
#undef clock_gettime

#define SUITE thread_pthread
#define PORT_NAME "pthread"
#define STRAY_WAKE(parker) pthread_cond_broadcast(&(parker)->unparked)

#include "thread.h"

Test(SUITE, without_a_condition_variable_the_mutex_is_given_back)
{
    struct thread_lock l = THREAD_LOCK_INIT;

    expect(thread_lock_acquire(&l), LOCK_EOK);
    refuse_cond = true;
    expect(thread_lock_acquire(&l), LOCK_ESYSTEM);
    refuse_cond = false;
    check(queued(&l) == 0);
    expect(thread_lock_release(&l), LOCK_EOK);
    check(l.word == 0);
}

Test(SUITE, time_is_counted_by_the_monotonic_clock_alone)
{
    struct thread_lock l = THREAD_LOCK_INIT;

    last_clock = cond_clock = -1;
    expect(thread_lock_acquire(&l), LOCK_EOK);
    expect(thread_lock_acquire_for(&l, 1000), LOCK_ETIMEDOUT);
    check(last_clock == CLOCK_MONOTONIC);
#ifndef __APPLE__     /* where waits are relative instead */
    check(cond_clock == CLOCK_MONOTONIC);
#endif
}

/* Once it has the lock it does not want to be cancelled itself. (It could be,
   but an address sanitizer does not understand stacks that end so.) */
static void *acquire_though_cancelled(void *arg)
{
    int state;

    expect(thread_lock_acquire(arg), LOCK_EOK);
    pthread_setcancelstate(PTHREAD_CANCEL_DISABLE, &state);
    check(state == PTHREAD_CANCEL_ENABLE);
    expect(thread_lock_release(arg), LOCK_EOK);
    return arg;
}

/* It would leave its place in the queue behind, on a stack that is no more. */
Test(SUITE, a_thread_is_not_cancelled_while_it_waits)
{
    struct thread_lock l = THREAD_LOCK_INIT;
    pthread_t thread;
    void *returned;

    expect(thread_lock_acquire(&l), LOCK_EOK);
    check(pthread_create(&thread, NULL, acquire_though_cancelled, &l) == 0);
    await_queued(&l, 1);
    check(pthread_cancel(thread) == 0);
    check(queued(&l) == 1);
    expect(thread_lock_release(&l), LOCK_EOK);
    pthread_join(thread, &returned);
    check(returned == &l);
    check(l.word == 0);
}
