# lock_freertos.h: a time limit ends up to a tick early
s/ + (ticks % tick > 0) + 1;/ + (ticks % tick > 0);/
