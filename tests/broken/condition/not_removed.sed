# condition.h: a waiter that gives up stays in the queue
/^    if (waits)/,/^}/s/thread_condition_remove_(c, w);/;/
