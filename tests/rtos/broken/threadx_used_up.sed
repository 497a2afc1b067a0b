# lock_threadx.h: a wake-up at the last instant is used up by a time-out
s/return LOCK_EOK;$/return ticks > 0 ? LOCK_EOK : LOCK_ETIMEDOUT;/
