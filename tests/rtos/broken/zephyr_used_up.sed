# lock_zephyr.h: a wake-up that comes when the time is up is used up by a time-out
/^static enum lock_error thread_lock_port_park/,/^}/ {
    s/return LOCK_EOK;$/return thread_lock_port_now() < until ? LOCK_EOK : LOCK_ETIMEDOUT;/
}
