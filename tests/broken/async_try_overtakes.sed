# async_lock.h: try_acquire takes a lock that is on its way to another
s/if (l->state != ASYNC_LOCK_FREE_)$/if (l->state != ASYNC_LOCK_FREE_ \&\& l->state != ASYNC_LOCK_PASSING_)/
