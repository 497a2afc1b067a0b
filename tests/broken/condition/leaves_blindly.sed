# condition.h: a waiter that gives up does not see that it was notified
s/^    return waits;/    return true;/
