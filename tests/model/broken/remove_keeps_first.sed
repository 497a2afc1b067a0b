# a waiter that leaves stays the first of the queue
s/return w->next == w ? word : word | (uintptr_t)w->next;/return word | (uintptr_t)w->next;/
