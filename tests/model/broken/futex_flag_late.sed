# linux: unpark wakes first and sets its flag then
/atomic_store_explicit(&p->woken, 1, memory_order_release);/{N;s/\(.*\)\n\(.*\)/\2\n\1/;}
