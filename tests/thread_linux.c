/* The thread lock on the linux port, with the kernel in between: a test can
   have it refuse, and see what it was asked for. */
#include <errno.h>
#include <stdarg.h>
#include <stdbool.h>
#include <sys/syscall.h>
#include <unistd.h>

static _Atomic(bool) refuse;
static _Atomic(int) last_wait, last_clock;

long between(long number, ...);
long between(long number, ...)
{
    va_list list;
    long r;

    va_start(list, number);
    if (number == SYS_clock_gettime) {
        const int clock = va_arg(list, int);

        last_clock = clock;
        r = syscall(number, clock, va_arg(list, void *));
    } else {
        void *const word = va_arg(list, void *);
        const int op = va_arg(list, int), value = va_arg(list, int);
        void *const until = op == (1 | 128) ? NULL : va_arg(list, void *);

        if (until != NULL)
            last_wait = op;
        if (refuse)
            errno = ENOSYS;
        r = refuse ? -1 : syscall(number, word, op, value, until, NULL, -1);
    }
    va_end(list);
    return r;
}

#define THREAD_LOCK_PORT_LINUX
#define THREAD_LOCK_STATIC
#define syscall between
#include "lock.h"
#undef syscall

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
