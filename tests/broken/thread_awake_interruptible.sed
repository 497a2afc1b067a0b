# lock.h: a next owner that a signal may interrupt stays awake
s/ \&\& self->waiter.owns_next \&\& !interruptible)/ \&\& self->waiter.owns_next)/
