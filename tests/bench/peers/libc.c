/* What the C library has, and three that only show proportions: the lock that
   one writes by hand, the least that a lock can do, and one that does not lock,
   on which the benchmark itself is tested. */
#include "bench.h"
#include <errno.h>
#include <pthread.h>
#include <semaphore.h>
#include <stdatomic.h>
#include <threads.h>
#include <time.h>

static struct timespec in(clockid_t clock, long ns)
{
    struct timespec t;

    clock_gettime(clock, &t);
    ns += t.tv_nsec;
    t.tv_sec += ns / 1000000000;
    t.tv_nsec = ns % 1000000000;
    return t;
}

static bool timed_mutex(pthread_mutex_t *m, long ns)
{
    const struct timespec until = in(CLOCK_REALTIME, ns);

    return pthread_mutex_timedlock(m, &until) == 0;
}

LOCKS(mutex, pthread_mutex_t, pthread_mutex_init(l, NULL),
      pthread_mutex_lock(l), pthread_mutex_unlock(l))
TRIES(mutex, pthread_mutex_t, pthread_mutex_trylock(l) == 0)
WAITS_FOR(mutex, pthread_mutex_t, timed_mutex(l, ns))
ENTER(mutex, "pthread_mutex_t", sizeof(pthread_mutex_t), mutex_try, mutex_for,
      mutex_tries, false)

static bool timed_mtx(mtx_t *m, long ns)
{
    const struct timespec until = in(CLOCK_REALTIME, ns);

    return mtx_timedlock(m, &until) == thrd_success;
}

LOCKS(c_mtx, mtx_t, mtx_init(l, mtx_timed), mtx_lock(l), mtx_unlock(l))
TRIES(c_mtx, mtx_t, mtx_trylock(l) == thrd_success)
WAITS_FOR(c_mtx, mtx_t, timed_mtx(l, ns))
ENTER(c_mtx, "mtx_t", sizeof(mtx_t), c_mtx_try, c_mtx_for, c_mtx_tries, false)

static void wait_sem(sem_t *s)
{
    while (sem_wait(s) != 0 && errno == EINTR)
        continue;
}

static bool timed_sem(sem_t *s, long ns)
{
    const struct timespec until = in(CLOCK_REALTIME, ns);

    return sem_timedwait(s, &until) == 0;
}

LOCKS(psem, sem_t, sem_init(l, 0, 1), wait_sem(l), sem_post(l))
TRIES(psem, sem_t, sem_trywait(l) == 0)
WAITS_FOR(psem, sem_t, timed_sem(l, ns))
ENTER(psem, "sem_t", sizeof(sem_t), psem_try, psem_for, psem_tries, true)

/* What one writes by hand where any thread may release. */
struct naive {
    mtx_t mutex;
    cnd_t released;
    bool held;
};

static void naive_make(struct naive *n)
{
    mtx_init(&n->mutex, mtx_plain);
    cnd_init(&n->released);
}

static bool naive_get(struct naive *n, const struct timespec *until)
{
    int e = thrd_success;
    bool got;

    mtx_lock(&n->mutex);
    while (n->held && e == thrd_success)
        e = until == NULL ? cnd_wait(&n->released, &n->mutex)
                          : cnd_timedwait(&n->released, &n->mutex, until);
    got = !n->held;
    n->held = true;
    mtx_unlock(&n->mutex);
    return got;
}

static bool naive_get_for(struct naive *n, long ns)
{
    const struct timespec until = in(CLOCK_REALTIME, ns);

    return naive_get(n, &until);
}

static bool naive_get_now(struct naive *n)
{
    bool got;

    mtx_lock(&n->mutex);
    got = !n->held;
    n->held = true;
    mtx_unlock(&n->mutex);
    return got;
}

static void naive_put(struct naive *n)
{
    mtx_lock(&n->mutex);
    n->held = false;
    cnd_signal(&n->released);
    mtx_unlock(&n->mutex);
}

LOCKS(naive, struct naive, naive_make(l), naive_get(l, NULL), naive_put(l))
TRIES(naive, struct naive, naive_get_now(l))
WAITS_FOR(naive, struct naive, naive_get_for(l, ns))
ENTER(naive, "mtx+cnd+bool by hand", sizeof(struct naive), naive_try, naive_for,
      naive_tries, true)

/* Two atomic read-modify-writes, a load, and a sleep: the physical limits. */
static bool sleep_for(long ns)
{
    const struct timespec t = {0, ns};

    nanosleep(&t, NULL);
    return false;
}

LOCKS(rmw, atomic_int, (void)0,
      atomic_exchange_explicit(l, 1, memory_order_acquire),
      atomic_exchange_explicit(l, 0, memory_order_release))
TRIES(rmw, atomic_int, atomic_load_explicit(l, memory_order_relaxed) == 0)
static bool rmw_for(void *p, long ns)
{
    return atomic_exchange_explicit((atomic_int *)p, 1, memory_order_acquire)
               == 0
           || sleep_for(ns);
}
ENTER_(rmw, "limit", 0, rmw_try, rmw_for, rmw_tries, false, true, false)

LOCKS(none, int, (void)0, (void)l, (void)l)
ENTER_(none, "broken", 0, NULL, NULL, NULL, true, false, true)
