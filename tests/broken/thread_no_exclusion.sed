# lock.h: who queues while the lock is free does not mark it held
s/thread_lock_finish_(l, word | THREAD_LOCK_HELD_, mask);/thread_lock_finish_(l, word, mask);/
