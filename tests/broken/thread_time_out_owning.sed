# lock.h: a thread is told of a time-out and owns the lock
s/if (thread_lock_peek_(&self->waiter.where) == THREAD_LOCK_OWNS_)/if (e == LOCK_EOK \&\& thread_lock_peek_(\&self->waiter.where) == THREAD_LOCK_OWNS_)/
