# a parker that was used once never sleeps again
/atomic_store_explicit(&p->woken, \(0\|false\), memory_order_relaxed);/s/\(0\|false\), /1, /
