# a try waits for who edits the queue
/^static inline bool thread_lock_try_(/,/^}/s/^    while (!(word & THREAD_LOCK_HELD_))/    while (word \& THREAD_LOCK_EDIT_)\n        word = thread_lock_peek_(\&l->word);\n&/
