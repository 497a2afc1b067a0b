# async_lock.h: a debug build reports a wait only once
s/% (ASYNC_LOCK_DEBUG_TURNS) != 0/!= ASYNC_LOCK_DEBUG_TURNS/
