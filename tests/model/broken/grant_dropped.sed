# a lock that is set free for a waiter stays held
s/^    thread_lock_finish_(l, owns ? word : word & ~THREAD_LOCK_HELD_, mask);/    thread_lock_finish_(l, word, mask);/
