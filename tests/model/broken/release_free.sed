# a release of a free lock that is being edited says ok
s/return word & THREAD_LOCK_HELD_ ? LOCK_EOK : LOCK_ENOTLOCKED;/return LOCK_EOK;/
