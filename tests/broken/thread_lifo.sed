# lock.h: the last to come is first in the queue
s/return in_front ? /return true || in_front ? /
