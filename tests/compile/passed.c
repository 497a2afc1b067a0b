/* A lock that two files pass on to each other, each by bodies of its own: with
   -DOTHER, the file that is handed the lock. */

#define ASYNC_LOCK_STATIC
#include "async_lock.h"
#include <stdio.h>

void pass_on(void *lock, enum lock_error result);

#ifdef OTHER

void pass_on(void *lock, enum lock_error result)
{
    if (result != LOCK_EOK || async_lock_release(lock) != LOCK_EOK)
        printf("the other file could not release\n");
}

#else

int main(void)
{
    struct async_lock l = ASYNC_LOCK_INIT;
    struct async_lock_waiter a = ASYNC_LOCK_WAITER_INIT,
                             b = ASYNC_LOCK_WAITER_INIT;

    (void)async_lock_try_acquire(&l);
    (void)async_lock_acquire(&l, &a, pass_on, &l);
    (void)async_lock_acquire(&l, &b, pass_on, &l);
    async_lock_release(&l);
    if (!async_lock_locked(&l) && async_lock_try_acquire(&l) == LOCK_EOK)
        return 0;
    printf("it is still locked\n");
    return 1;
}

#endif
