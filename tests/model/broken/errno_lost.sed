# linux: unpark changes errno
/^static void thread_lock_port_unpark/,/^}/s/errno = saved;/(void)saved;/
