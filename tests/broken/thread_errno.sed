# lock.h: errno is changed
s/^    errno = saved;//
