# a release that finds a waiter sets the lock free and wakes no one
s/w = word & THREAD_LOCK_WOKEN_ ? NULL : thread_lock_first_(word);/w = NULL;/
