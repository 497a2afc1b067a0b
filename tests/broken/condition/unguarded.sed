# condition.h: a notifier does not take the guard
/struct thread_condition_waiter_ \*chosen/,/^}/{
s/^    thread_condition_acquire_(&c->guard);//
s/^    (void)thread_lock_release(&c->guard);//
}
