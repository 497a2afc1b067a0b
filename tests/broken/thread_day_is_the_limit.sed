# lock.h: the c11 port ends a wait of more than a day after a day
s/    return now >= until || now == 0 ? LOCK_ETIMEDOUT : LOCK_EOK;/    return e == THREAD_LOCK_OVER_ ? LOCK_ETIMEDOUT : LOCK_EOK;/
