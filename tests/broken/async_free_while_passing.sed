# async_lock.h: the lock looks free until the new owner is told
s/return l->state != ASYNC_LOCK_FREE_;/return l->state != ASYNC_LOCK_FREE_ \&\& l->state != ASYNC_LOCK_PASSING_;/
