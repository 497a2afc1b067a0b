# condition.h: a wait releases the lock before it queues
s/^    e = thread_lock_release(l);//
s/^    (void)(thread_lock_try_acquire)(&self.gate);/&\n    e = thread_lock_release(l);/
