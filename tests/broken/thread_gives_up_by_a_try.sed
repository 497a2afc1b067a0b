# lock.h: a woken thread that gives up takes an edit of a free lock for an owner
s/return thread_lock_take_or_queue_(l, NULL, false) ? LOCK_EOK : e;/return thread_lock_try_acquire(l) == LOCK_EOK ? LOCK_EOK : e;/
