# a lock that is handed over is also set free
s/^    thread_lock_finish_(l, owns ? word : word & ~THREAD_LOCK_HELD_, mask);/    thread_lock_finish_(l, word \& ~THREAD_LOCK_HELD_, mask);/
