# a lock looks free while its queue is edited
/^static uintptr_t thread_lock_edit_/,/^}/{s/word | THREAD_LOCK_EDIT_$/word | THREAD_LOCK_EDIT_)) {/;/| THREAD_LOCK_HELD_)) {/d;}
