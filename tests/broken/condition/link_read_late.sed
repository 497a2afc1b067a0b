# condition.h: a notifier reads the link of a waiter that may be gone
s/^        chosen = w->next;//; s/^        (void)thread_lock_release(&w->gate);/&\n        chosen = w->next;/
