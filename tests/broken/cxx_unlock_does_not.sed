# lock.h: C++'s unlock() asks whether the lock is held, and no more
s/{ thread_lock_release(this); }/{ (void)thread_lock_locked(this); }/
