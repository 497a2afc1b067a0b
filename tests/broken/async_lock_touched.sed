# async_lock.h: without a loop, the lock is touched after it was let go of
s/^    if (r.let_go)/    if (r.let_go \&\& l->loop == \&r.loop)/
