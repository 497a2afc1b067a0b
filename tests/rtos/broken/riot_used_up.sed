# lock_riot.h: a wake-up at the last instant is used up by a time-out
s/return flags & LOCK_RIOT_WOKEN ? LOCK_EOK : LOCK_ETIMEDOUT;/return flags \& LOCK_RIOT_LATE ? LOCK_ETIMEDOUT : LOCK_EOK;/
s/^    thread_flags_clear(LOCK_RIOT_LATE);$//
