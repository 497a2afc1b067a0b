# lock.h: a woken thread that comes too late still counts as on its way
s/thread_lock_edit_(l, &mask) & ~woken;/thread_lock_edit_(l, \&mask);/
