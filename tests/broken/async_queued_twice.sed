# async_lock.h: a waiter can queue twice
s/ || w->next != NULL)/)/
