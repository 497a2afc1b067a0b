# condition.h: a waiter that cannot sleep stays in the queue
s/if (e != LOCK_EOK && !th/if (e == LOCK_ETIMEDOUT \&\& !th/
