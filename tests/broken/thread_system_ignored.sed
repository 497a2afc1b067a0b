# lock.h: a platform that refuses is asked for ever
s/while (e == LOCK_EINTR && !interruptible);/while ((e == LOCK_EINTR \&\& !interruptible) || e == LOCK_ESYSTEM);/
s/^    if (thread_lock_port_init(&self.parker) != LOCK_EOK)/    while (thread_lock_port_init(\&self.parker) != LOCK_EOK) continue;\n    if (0)/
