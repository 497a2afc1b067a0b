# condition.h: a notifier looks for the next after it has opened a gate
s/^    for (; n > 0 \&\& c->first != NULL; n--) {/&\n        w = c->first; thread_condition_remove_(c, w);\n        (void)thread_lock_release(\&c->guard);\n        (void)thread_lock_release(\&w->gate);\n        thread_condition_acquire_(\&c->guard); continue;/
