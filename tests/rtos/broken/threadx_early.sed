# lock_threadx.h: a time limit ends up to a tick early
s/ + (ns % LOCK_THREADX_TICK_NS > 0) + 1;$/ + (ns % LOCK_THREADX_TICK_NS > 0);/
