/* Calls whose result is ignored. A compiler that knows how warns at each line
   that says so, and at no other. */
#include "lock.h"
#include "async_lock.h"

void ignore(struct thread_lock *t, struct thread_lock_waiter *v,
            struct async_lock *a, struct async_lock_waiter *w,
            struct lock_loop *loop, lock_fn *fn);

void ignore(struct thread_lock *t, struct thread_lock_waiter *v,
            struct async_lock *a, struct async_lock_waiter *w,
            struct lock_loop *loop, lock_fn *fn)
{
    thread_lock_try_acquire(t);                             /* warns */
    thread_lock_acquire_for(t, 1);                          /* warns */
    thread_lock_acquire_interruptible(t, 1);                /* warns */
    thread_lock_acquire_ex(t, true, -1);                    /* warns */
    thread_lock_acquire_async(t, v, loop, fn, NULL);        /* warns */
    thread_lock_cancel(t, v);                               /* warns */
    async_lock_acquire(a, w, fn, NULL);                     /* warns */
    async_lock_try_acquire(a);                              /* warns */
    async_lock_cancel(a, w);                                /* warns */
#ifdef __cplusplus
    t->try_lock();                                          /* warns */
#endif

    (void)thread_lock_try_acquire(t);
    (void)thread_lock_acquire_for(t, 1);
    (void)thread_lock_acquire_interruptible(t, 1);
    (void)thread_lock_acquire_ex(t, true, -1);
    (void)thread_lock_acquire_async(t, v, loop, fn, NULL);
    (void)thread_lock_cancel(t, v);
    (void)async_lock_acquire(a, w, fn, NULL);
    (void)async_lock_try_acquire(a);
    (void)async_lock_cancel(a, w);

    thread_lock_acquire(t);
    thread_lock_release(t);
    async_lock_release(a);
    async_lock_cancel_all(a);
}
