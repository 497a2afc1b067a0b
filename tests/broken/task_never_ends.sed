# async_lock.h: a task that has ended goes on from its last wait when started anew
s/async_lock_task_->at = 0, async_lock_task_ = NULL)/async_lock_task_ = NULL)/
