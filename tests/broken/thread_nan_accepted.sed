# lock.h: NaN and negative time limits are accepted
s/!(timeout_s >= 0 && timeout_s <= THREAD_LOCK_TIMEOUT_MAX)/timeout_s > THREAD_LOCK_TIMEOUT_MAX/
