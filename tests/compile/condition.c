/* All of examples/condition.h, in C and in C++: returns 0 if it works. */
#include "condition.h"

#ifndef PART
#define PART main
#elif defined __cplusplus
extern "C" int PART(void);
#else
int PART(void);
#endif

int PART(void)
{
    static struct thread_lock lock;
    static struct thread_condition condition;
    enum lock_error e;

    thread_condition_notify(&condition, 1);
    thread_condition_notify_all(&condition);
    if (thread_condition_wait(&condition, &lock) != LOCK_ENOTLOCKED)
        return 1;
    thread_lock_acquire(&lock);
    e = thread_condition_wait_for(&condition, &lock, 1000);
    return thread_lock_release(&lock) != LOCK_EOK || e != LOCK_ETIMEDOUT;
}
