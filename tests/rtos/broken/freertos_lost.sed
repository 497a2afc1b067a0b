# lock_freertos.h: a wake-up that comes before the park is lost
s/^    int64_t ticks, tick = .*$/&\n\n    xSemaphoreTake(p->woken, 0);/
