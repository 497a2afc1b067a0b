# lock.h: a release does not clear the note of the owner
s/^    (thread_lock_locked(l) ? thread_lock_note_(l, NULL, 0) : (void)0)$/    (void)(l)/
