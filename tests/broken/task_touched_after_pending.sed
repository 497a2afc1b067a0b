# async_lock.h: a task that waits for a pending call is touched after it
s/^        if (async_lock_came_to_ == LOCK_EPENDING) {                         \\$/        async_lock_task_->result = async_lock_came_to_;                     \\\n&/
