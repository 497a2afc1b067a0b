# lock_threadx.h: a thread may be preempted while it edits the queue
s/return tx_interrupt_control(TX_INT_DISABLE);/return 0;/
s/tx_interrupt_control((UINT)mask);/(void)mask;/
