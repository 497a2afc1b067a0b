/* stuck.c - who holds the lock that everybody waits for?

   Built with THREAD_LOCK_DEBUG, a lock tells: a wait that lasts longer than
   THREAD_LOCK_DEBUG_NS prints a line to stderr, which names the place where the
   wait began, and the place where the lock was taken. Here the main thread goes
   away with it for a while, as if it had forgotten a release on some path. A
   program need not be changed for that: -DTHREAD_LOCK_DEBUG does it.         */

#define THREAD_LOCK_DEBUG
#define THREAD_LOCK_DEBUG_NS 100000000      /* 100 ms */
#define THREAD_LOCK_IMPLEMENTATION
#include "lock.h"

#include <stdio.h>
#include <threads.h>

static struct thread_lock lock;

static int work(void *arg)
{
    (void)arg;
    printf("the worker gets it: %s\n",
           lock_strerror(thread_lock_acquire_for(&lock, 150000000)));
    return 0;
}

int main(void)
{
    thrd_t worker;

    thread_lock_acquire(&lock);
    if (thrd_create(&worker, work, NULL) != thrd_success)
        return 1;
    thrd_join(worker, NULL);
    thread_lock_release(&lock);
    return 0;
}
