# lock.h: a next owner that stays awake forgets its time limit
s/^    if (until > end)$/    if (true)/
