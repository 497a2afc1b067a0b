# condition.h: a wait without the lock is not refused
s/^    e = thread_lock_release(l);/    e = (thread_lock_release(l), LOCK_EOK);/
