/* C11's mutexes and condition variables by their pthread names, for
   ThreadSanitizer: it knows only those, and without this it would take what
   lock.h guards with a mtx_t for a race. Linked in tests only. */
#include <errno.h>
#include <pthread.h>
#include <threads.h>

#define AS(type, p) ((type *)(void *)(p))

_Static_assert(sizeof(mtx_t) >= sizeof(pthread_mutex_t), "it must fit");
_Static_assert(sizeof(cnd_t) >= sizeof(pthread_cond_t), "it must fit");

static int answer(int e)
{
    return e == 0 ? thrd_success : e == ETIMEDOUT ? thrd_timedout : thrd_error;
}

int mtx_init(mtx_t *m, int type)
{
    (void)type;
    return answer(pthread_mutex_init(AS(pthread_mutex_t, m), NULL));
}

void mtx_destroy(mtx_t *m)
{
    pthread_mutex_destroy(AS(pthread_mutex_t, m));
}

int mtx_lock(mtx_t *m)
{
    return answer(pthread_mutex_lock(AS(pthread_mutex_t, m)));
}

int mtx_unlock(mtx_t *m)
{
    return answer(pthread_mutex_unlock(AS(pthread_mutex_t, m)));
}

int cnd_init(cnd_t *c)
{
    return answer(pthread_cond_init(AS(pthread_cond_t, c), NULL));
}

void cnd_destroy(cnd_t *c)
{
    pthread_cond_destroy(AS(pthread_cond_t, c));
}

int cnd_signal(cnd_t *c)
{
    return answer(pthread_cond_signal(AS(pthread_cond_t, c)));
}

int cnd_broadcast(cnd_t *c)
{
    return answer(pthread_cond_broadcast(AS(pthread_cond_t, c)));
}

int cnd_wait(cnd_t *c, mtx_t *m)
{
    return answer(pthread_cond_wait(AS(pthread_cond_t, c),
                                    AS(pthread_mutex_t, m)));
}

int cnd_timedwait(cnd_t *restrict c, mtx_t *restrict m,
                  const struct timespec *restrict until)
{
    return answer(pthread_cond_timedwait(AS(pthread_cond_t, c),
                                         AS(pthread_mutex_t, m), until));
}
