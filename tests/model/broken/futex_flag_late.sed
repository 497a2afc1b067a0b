# linux: unpark wakes first and sets its flag then
/THREAD_LOCK_STORE_(&p->woken, 1, release);/{N;s/\(.*\)\n\(    thread_lock_wake_on_.*\)/\2\n\1/;}
