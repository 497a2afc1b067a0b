# async_lock.h: a free lock can be released
s/if (l->state == ASYNC_LOCK_FREE_ || l->state >= ASYNC_LOCK_PASSING_)/if (l->state >= ASYNC_LOCK_PASSING_)/
