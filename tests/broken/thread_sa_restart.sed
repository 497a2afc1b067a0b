# lock.h: a wait without a time limit is given none, so SA_RESTART restarts it
s,0\, t\, NULL,0\, until == THREAD_LOCK_FOREVER ? NULL : t\, NULL,
