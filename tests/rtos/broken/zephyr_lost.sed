# lock_zephyr.h: a wake-up that comes before the park is lost
s/^    const bool forever = .*$/&\n\n    k_sem_reset(\&p->woken);/
