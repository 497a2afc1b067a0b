/* The thread lock's suite on the linux port. */
#include "port_linux.h"

#define SUITE thread_linux
#define PORT_NAME "linux"
#define STRAY_WAKE(parker) syscall(SYS_futex, &(parker)->woken, 1 | 128, 1)

#include "thread.h"

Test(SUITE, time_is_counted_by_the_monotonic_clock_alone)
{
    struct thread_lock l = THREAD_LOCK_INIT;

    last_clock = last_wait = -1;
    expect(thread_lock_acquire(&l), LOCK_EOK);
    expect(thread_lock_acquire_for(&l, 1000), LOCK_ETIMEDOUT);
    check(last_clock == CLOCK_MONOTONIC);
    check(last_wait == (9 | 128));      /* no FUTEX_CLOCK_REALTIME */
}
