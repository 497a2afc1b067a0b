# lock.h: a signal does not end an interruptible wait
s/while (e == LOCK_EINTR && !interruptible);/while (e == LOCK_EINTR);/
