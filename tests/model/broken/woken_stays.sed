# WOKEN stays set when the woken thread has arrived
s/thread_lock_edit_(l, &mask) & ~woken;/thread_lock_edit_(l, \&mask);/
