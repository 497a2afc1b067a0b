# lock.h: a debug build reports a wait only once
/^thread_lock_on_park_(/,/^}/ s/^        thread_lock_report_(l, w);/&\n        return thread_lock_port_park(p, until);/
