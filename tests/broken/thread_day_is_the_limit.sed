# lock.h: the c11 port ends a wait of more than a day after a day
s/    return now >= until || now == 0;/    return true;/
