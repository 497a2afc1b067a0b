# async_lock.h: ASYNC_LOCK_WITH runs its block though the wait was cancelled
s/async_lock_task_->result == LOCK_EOK ? 1 : -1;/1;/
