# async_lock.h: a cancelled waiter stays in the queue
/^ASYNC_LOCK_DEF_ enum lock_error async_lock_cancel(/,/^}/ s/async_lock_unqueue_(l, w);//
