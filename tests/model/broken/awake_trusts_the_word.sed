# a next owner that is awake takes a lock whose queue it left for its own
/^static enum lock_error thread_lock_sleep_/,/^}/s/^    do$/    if (self->waiter.owns_next \&\& thread_lock_first_(thread_lock_peek_(\&l->word)) != \&self->waiter)\n        return LOCK_EOK;\n    do/
