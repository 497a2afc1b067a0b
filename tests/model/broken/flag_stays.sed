# a parker that was used once never sleeps again
s/THREAD_LOCK_STORE_(&p->woken, 0, relaxed);$/THREAD_LOCK_STORE_(\&p->woken, 1, relaxed);/
/^static enum lock_error thread_lock_port_init/,/^}/s/THREAD_LOCK_STORE_(&p->woken, 1, relaxed);/THREAD_LOCK_STORE_(\&p->woken, 0, relaxed);/
