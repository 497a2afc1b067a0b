# condition.h: a notifier opens the gates before it leaves the condition
/^    \*end = NULL;/,/^}/{
/thread_lock_release(&c->guard)/d
s/^}/    (void)thread_lock_release(\&c->guard);\n}/
}
