/* The thread lock on <threads.h> alone, with a test able to have it refuse, and
   to set the clock. */
#include <stdatomic.h>
#include <stdbool.h>
#include <threads.h>
#include <time.h>

static atomic_bool refuse, refuse_cnd;
static _Atomic(long long) clock_step;   /* seconds */

static int mtx_init_or_refuse(mtx_t *m, int type)
{
    return refuse ? thrd_error : mtx_init(m, type);
}

static int cnd_init_or_refuse(cnd_t *c)
{
    return refuse_cnd ? thrd_nomem : cnd_init(c);
}

static int timespec_get_stepped(struct timespec *t, int base)
{
    const int r = timespec_get(t, base);

    t->tv_sec += (time_t)clock_step;
    return r;
}

#define THREAD_LOCK_PORT_C11
#define THREAD_LOCK_STATIC
#define mtx_init mtx_init_or_refuse
#define cnd_init cnd_init_or_refuse
#define timespec_get timespec_get_stepped
#include "lock.h"
#undef mtx_init
#undef cnd_init
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
