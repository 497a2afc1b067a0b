/* A file that uses a lock in one way and in no other: USE. NAME is the function
   that does it. */

#ifdef THREAD_LOCK_H_INCLUDED
static struct thread_lock l;
static struct thread_lock_waiter w;
#else
static struct async_lock l;
static struct async_lock_waiter w;
#endif

#ifdef __cplusplus
#include <chrono>
#include <mutex>
extern "C"
#endif
void NAME(void);

void NAME(void)
{
    (void)&w;
    (void)(USE);
}
