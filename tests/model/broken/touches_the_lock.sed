# so does a slow one
/^static void thread_lock_finish_/,/^}/s/thread_lock_port_leave(mask);/&\n    (void)thread_lock_peek_(\&l->word);/
