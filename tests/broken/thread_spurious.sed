# lock.h: a stray wake-up ends a wait
s/^    while (e == LOCK_EOK$/    if (e == LOCK_EOK/
s/^    while (!(woken = atomic_load_explicit(&p->woken, memory_order_acquire))$/    if (!(woken = atomic_load_explicit(\&p->woken, memory_order_acquire))/
s/^    return woken ? LOCK_EOK : e;/    return e;/
