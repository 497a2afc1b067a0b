# lock_riot.h: a thread may be preempted while it edits the queue
s/return irq_disable();/return 0;/
s/irq_restore((unsigned)mask);/(void)mask;/
