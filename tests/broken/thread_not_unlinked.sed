# lock.h: a waiter that gives up stays in the queue
/^static bool thread_lock_unqueue_(/,/^}/ s/word = thread_lock_remove_(word, w);//
