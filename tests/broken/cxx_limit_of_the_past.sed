# lock.h: try_lock_for takes a negative duration for no limit
s/(this, s > 0 ? ns : 0)/(this, s >= 0 ? ns : THREAD_LOCK_FOREVER)/
