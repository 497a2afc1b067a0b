# lock.h: a debug build reports a wait only once
/^static enum lock_error thread_lock_watch_/,/^}/ s/^        thread_lock_report_(l, w);/&\n        return thread_lock_port_park(p, until);/
