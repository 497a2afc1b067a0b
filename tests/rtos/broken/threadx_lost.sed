# lock_threadx.h: a wake-up that comes before the park is lost
s/^    int64_t ns, ticks;$/&\n\n    tx_semaphore_get(\&p->woken, TX_NO_WAIT);/
