/* The thread lock on the linux port, with the kernel in between: a test can
   have it refuse, and see what it was asked for. */
#include "refuse.h"

#include <errno.h>
#include <stdarg.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

SHARED _Atomic(int) last_wait, last_clock;

long between(long number, ...);
/* A FUTEX_WAKE is not refused: the kernel has no reason to, for an address that
   a FUTEX_WAIT was content with. */
long between(long number, ...)
{
    va_list list;
    void *word;
    int op, value;
    long r;

    va_start(list, number);
    word = va_arg(list, void *);
    op = va_arg(list, int);
    value = va_arg(list, int);
    if (op == (1 | 128)) {
        r = syscall(number, word, op, value);
    } else {
        last_wait = op;
        errno = ENOSYS;
        r = refused() ? -1
                      : syscall(number, word, op, value, va_arg(list, void *),
                                NULL, -1);
    }
    va_end(list);
    return r;
}

static int gettime(clockid_t clock, struct timespec *t)
{
    last_clock = clock;
    return clock_gettime(clock, t);
}

#define THREAD_LOCK_PORT_LINUX
#define THREAD_LOCK_STATIC
#define syscall between
#define clock_gettime gettime
#include "lock.h"
#undef syscall
#undef clock_gettime
