# async_lock.h: a break in ASYNC_LOCK_WITH does not reach the release
s/for (; async_lock_task_->at > 0; async_lock_task_->at = -1)$/if (1)/
