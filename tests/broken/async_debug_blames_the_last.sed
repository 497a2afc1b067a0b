# async_lock.h: a debug build blames who has released
/async_lock_note_(l, l->first->site);/ d
