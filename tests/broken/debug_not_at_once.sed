# lock.h: a debug build does not report a thread that waits for itself
s/^    if (until == THREAD_LOCK_FOREVER$/    if (false/
