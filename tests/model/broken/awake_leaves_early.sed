# a next owner that is awake leaves before the hand-over has let go of its memory
/^static enum lock_error thread_lock_sleep_/,/^}/s/^    do$/    if (thread_lock_peek_(\&self->waiter.where) == THREAD_LOCK_OWNS_)\n        return LOCK_EOK;\n    do/
