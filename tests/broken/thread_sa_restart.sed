# lock.h: a wait without a time limit is given none, so SA_RESTART restarts it
s/^                   t, NULL, -1) == 0 ? 0 : errno;/                   until == THREAD_LOCK_FOREVER ? NULL : t, NULL, -1) == 0 ? 0 : errno;/
