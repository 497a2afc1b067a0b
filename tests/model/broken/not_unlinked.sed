# a thread that times out does not leave the queue
s/if (thread_lock_unqueue_(l, &self->waiter))/if (true)/
