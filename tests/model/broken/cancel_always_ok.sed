# a cancel says ok although the lock was handed over
s/|| !thread_lock_unqueue_(l, w))/|| (thread_lock_unqueue_(l, w), false))/
