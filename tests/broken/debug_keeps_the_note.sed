# lock.h: a release does not clear the note of the owner
/^THREAD_LOCK_DEF_ void thread_lock_on_release_(/,/^}/ s/if (thread_lock_locked(l))/if (false)/
