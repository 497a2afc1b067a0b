/* The thread lock's suite on POSIX threads. */
#include "port_pthread.h"

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
