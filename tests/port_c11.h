/* The thread lock on <threads.h> alone, with a test able to have it refuse, and
   to set the clock. */
#include "refuse.h"

#include <threads.h>
#include <time.h>

SHARED atomic_bool refuse_cnd, refuse_clock;
SHARED _Atomic(long long) last_seconds;     /* the limit of the last sleep */
SHARED atomic_int sleeps, short_sleeps;     /* these of them are over at once */
SHARED _Atomic(long long) clock_step;   /* seconds */

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
