# lock.h: a free lock can be released
/^thread_lock_release_slow_/,/^}/ s/return LOCK_ENOTLOCKED;/return LOCK_EOK;/
