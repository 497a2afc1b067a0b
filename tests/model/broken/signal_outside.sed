# c11: unpark signals the condition after it has left the mutex
/^static void thread_lock_port_unpark/,/^}/{/THREAD_LOCK_MUTEX_(unlock)(&p->mutex);/d;s/while (THREAD_LOCK_COND_(signal)/THREAD_LOCK_MUTEX_(unlock)(\&p->mutex);\n    &/;}
