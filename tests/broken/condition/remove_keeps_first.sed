# condition.h: a waiter that leaves the queue stays its first
s/^    if (c->first == w)/    if (c->first != w)/
