# lock.h: time limits go by the wall clock
s/1 \/\* CLOCK_MONOTONIC \*\//0/
s/9 | 128 \/\* FUTEX_WAIT_BITSET_PRIVATE \*\//9 | 128 | 256/
