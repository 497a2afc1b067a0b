# lock.h: a release looks at the lock after it let the next owner in
s/^    loop->post(loop, &w->job);/    loop->post(loop, \&w->job); sched_yield(); if (thread_lock_peek_(\&l->word) == 12345) return LOCK_EBUSY;/
