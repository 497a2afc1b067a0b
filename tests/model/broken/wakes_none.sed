# a release that finds a waiter sets the lock free and wakes no one
s/^    w = thread_lock_first_(word);/    w = NULL;/
