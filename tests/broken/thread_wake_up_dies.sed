# lock.h: a wake-up that meets a time-out is lost
s/return thread_lock_take_or_queue_(l, NULL, THREAD_LOCK_WOKEN_) ? LOCK_EOK/return false ? LOCK_EOK/
