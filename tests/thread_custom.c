/* The thread lock on the port for FreeRTOS, on a stand-in for FreeRTOS that has
   POSIX threads. `make rtos` has the port on the kernel itself. */

#define THREAD_LOCK_IMPLEMENTATION
#include "../examples/firmware/ports/lock_freertos.h"

#define SUITE thread_custom
#define PORT_NAME "custom"
#define STRAY_WAKE(parker) pthread_cond_broadcast(&(parker)->woken->given_to)

#include "thread.h"

/* The count of ticks is set to some before it begins anew at zero. */
Test(SUITE, a_time_limit_outlasts_the_count_of_ticks)
{
    struct thread_lock l = THREAD_LOCK_INIT;

    expect(thread_lock_acquire(&l), LOCK_EOK);
    for (int before = 0; before < 200; before += 40) {
        const int64_t start = monotonic();

        ticks_ahead = 0;
        ticks_ahead = ((int64_t)3 << 32) - before - ticks_since_start();
        expect(thread_lock_acquire_for(&l, 10000000), LOCK_ETIMEDOUT);
        check(monotonic() - start >= 10000000);
        check(monotonic() - start < 2000000000);
    }
}
