# a release takes a swap that failed for no reason for a free lock
/^static inline enum lock_error thread_lock_release/,/^}/s/return thread_lock_release_slow_(l);/return word == THREAD_LOCK_HELD_ ? LOCK_ENOTLOCKED\n                                     : thread_lock_release_slow_(l);/
