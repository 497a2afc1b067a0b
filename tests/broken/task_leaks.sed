# async_lock.h: the end of ASYNC_LOCK_WITH does not release
s/async_lock_task_->at = -1, async_lock_release(l))/async_lock_task_->at = -1)/
