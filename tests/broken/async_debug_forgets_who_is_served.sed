# async_lock.h: a debug build does not note who was served
/async_lock_note_(l, w->site);/ d
