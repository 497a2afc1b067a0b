# async_lock.h: what a call came to at once is not told to its task
s/^            async_lock_task_->result = async_lock_came_to_;                 \\$/            (void)0;                                                        \\/
