/* The thread lock on POSIX threads, with a test able to have them refuse, and
   to see what they were asked for. */
#include "refuse.h"

#include <errno.h>
#include <pthread.h>
#include <time.h>

SHARED atomic_bool refuse_cond;
SHARED atomic_int last_clock, cond_clock;

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
