# c11: unpark signals the condition after it has left the mutex
/^static void thread_lock_port_unpark/,/^}/{/mtx_unlock(&p->mutex);/d;s/while (cnd_signal/mtx_unlock(\&p->mutex);\n    &/;}
