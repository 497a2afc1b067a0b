# lock.h: a signal ends every wait
s/while (e == LOCK_EINTR && !interruptible);/while (0);/
