# a cancelled waiter is marked as free after the edit is over
/^static bool thread_lock_unqueue_/,/^}/{/thread_lock_mark_(w, 0);/d;s/return queued;/if (queued)\n        thread_lock_mark_(w, 0);\n    &/;}
