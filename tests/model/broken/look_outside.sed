# c11: park looks at its flag without the mutex, and leaves
/^    if (THREAD_LOCK_MUTEX_(lock)(&p->mutex) != THREAD_LOCK_OK_)$/i\    if (THREAD_LOCK_LOAD_(\&p->woken, acquire)) {\n        THREAD_LOCK_STORE_(\&p->woken, 0, relaxed);\n        return LOCK_EOK;\n    }
