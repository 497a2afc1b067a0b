# condition.h: a wait ends at once, without a notification
s/^    (void)(thread_lock_try_acquire)(&self.gate);//
