# a try waits for who edits the queue
/^static inline enum lock_error thread_lock_try_acquire/,/^}/s/^    while (!(word & THREAD_LOCK_HELD_))/    while (word \& THREAD_LOCK_EDIT_)\n        word = thread_lock_peek_(\&l->word);\n&/
