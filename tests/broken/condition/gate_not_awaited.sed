# condition.h: a waiter that gives up too late does not wait for its gate
s/^        thread_condition_acquire_(&self.gate);//
