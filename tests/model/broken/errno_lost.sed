# linux: unpark changes errno
/^static void thread_lock_wake_on_/,/^}/s/errno = saved;/(void)saved;/
