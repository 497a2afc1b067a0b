# c11: park looks at its flag without the mutex, and leaves
/^    if (mtx_lock(&p->mutex) != thrd_success)$/i\    if (atomic_load_explicit(\&p->woken, memory_order_acquire)) {\n        atomic_store_explicit(\&p->woken, false, memory_order_relaxed);\n        return LOCK_EOK;\n    }
