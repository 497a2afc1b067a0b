# two may edit the queue at once
/^static uintptr_t thread_lock_edit_/,/^}/s/if (word & THREAD_LOCK_EDIT_)/if (word == 77)/
