# lock_zephyr.h: a wake-up that comes when the time is up is used up by a time-out
s/return LOCK_EOK;$/return k_uptime_ticks() * (NSEC_PER_SEC \/ CONFIG_SYS_CLOCK_TICKS_PER_SEC) < until ? LOCK_EOK : LOCK_ETIMEDOUT;/
