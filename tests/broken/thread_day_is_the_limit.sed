# lock.h: the c11 port ends a wait of more than a day after a day
s/    return longer \&\& e == thrd_timedout ? thrd_success : e;/    return e;/
