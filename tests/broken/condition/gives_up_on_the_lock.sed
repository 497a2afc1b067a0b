# condition.h: a wait returns without the lock if the system refuses
s/^    while (thread_lock_acquire(l) != LOCK_EOK)/    if (thread_lock_acquire(l) != LOCK_EOK)/; s/^        continue;/        return;/
