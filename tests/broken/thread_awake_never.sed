# lock.h: a next owner goes to sleep at once
s/^        thread_lock_stay_awake_(l, &self->waiter, until);/        (void)thread_lock_stay_awake_;/
