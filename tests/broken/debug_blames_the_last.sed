# lock.h: a debug build blames who has handed the lock on
s/^        thread_lock_on_hand_over_(l, w);/        (void)0;/
