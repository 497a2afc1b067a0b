# lock.h: try_lock_for takes a limit that has passed for none
s|        s <= 0    ? 0$|        s <= 0    ? THREAD_LOCK_FOREVER|
