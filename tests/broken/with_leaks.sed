# lock.h: THREAD_LOCK_WITH releases only at the end of the block
s/__attribute__((cleanup(thread_lock_exit_))) = /__attribute__((unused)) = /
