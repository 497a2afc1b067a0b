# lock.h: NaN and negative time limits are accepted
/^static int64_t thread_lock_limit_/,/^}/ s/return -1;/return 0;/
