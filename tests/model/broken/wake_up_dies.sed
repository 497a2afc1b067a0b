# a thread that was picked and times out keeps the wake-up to itself
/return thread_lock_take_or_queue_(l, NULL, THREAD_LOCK_WOKEN_)/,/;/c\    return e;
