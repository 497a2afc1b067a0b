# lock.h: a debug build counts the period anew after each signal and wake-up
s/(now - w->since) % period/0/
