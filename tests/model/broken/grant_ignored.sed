# a thread that times out does not notice that it was handed the lock
/^static enum lock_error thread_lock_sleep_/,/^}/s/== THREAD_LOCK_OWNS_)/== 77 )/
