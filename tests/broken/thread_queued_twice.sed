# lock.h: a waiter can queue twice
s/|| thread_lock_peek_(&w->where) != 0)/|| false)/
