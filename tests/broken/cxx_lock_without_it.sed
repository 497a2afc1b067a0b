# lock.h: C++'s lock() returns without the lock if the thread cannot wait
s|{ throw LOCK_ESYSTEM; }|{}|
