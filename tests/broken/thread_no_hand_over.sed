# lock.h: a thread that was woken in vain is woken in vain for ever
s/self.waiter.owns_next = true;//
