# async_lock.h: a waiter is touched after its fn
s/^    w->fn(w->arg, LOCK_EOK);.*/    w->fn(w->arg, LOCK_EOK); w->arg = NULL;/
