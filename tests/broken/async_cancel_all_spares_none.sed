# async_lock.h: cancel_all takes back a hand-over that is on its way
s/if (w == NULL || l->state < ASYNC_LOCK_PASSING_)/if (true)/
