# linux: park takes any return of the futex for an unpark
/^static enum lock_error thread_lock_port_park/,/^}/s/^        e = thread_lock_sleep_on_(&p->woken, until);/        if ((e = thread_lock_sleep_on_(\&p->woken, until)) == LOCK_EOK) {\n            (void)THREAD_LOCK_LOAD_(\&p->woken, acquire);\n            break;\n        }/
