# lock.h: a cancel that comes too late says that it came in time
s/|| !thread_lock_unqueue_(l, w))/|| (thread_lock_unqueue_(l, w), false))/
