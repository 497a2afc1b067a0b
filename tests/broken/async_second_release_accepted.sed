# async_lock.h: a second release passes the lock on again
s/if (l->state == ASYNC_LOCK_FREE_ || l->state >= ASYNC_LOCK_PASSING_)/if (l->state == ASYNC_LOCK_FREE_)/
