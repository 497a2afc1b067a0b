# lock.h: a time limit starts anew after each signal
s/while (e == LOCK_EINTR && !interruptible);/while (e == LOCK_EINTR \&\& !interruptible \&\& (until = thread_lock_port_now() + 50000000));/
