/* Code that clang's thread-safety analysis has nothing to say against, but for
   the mistake that is asked for by a macro. */

#define THREAD_LOCK_ANALYSIS
#define THREAD_LOCK_IMPLEMENTATION
#include "lock.h"

static struct thread_lock lock;
static int total __attribute__((guarded_by(lock)));

int add(int n);
bool try_to_add(int n);
void wait_and_add(int n);
void add_in_a_block(int n);

int add(int n)
{
#ifndef WITHOUT_LOCK
    thread_lock_acquire(&lock);
#endif
    total += n;
    n = total;
#if !defined MISSING_RELEASE && !defined WITHOUT_LOCK
    thread_lock_release(&lock);
#endif
    return n;
}

bool try_to_add(int n)
{
    if (thread_lock_try_acquire(&lock) != LOCK_EOK)
        return false;
    total += n;
    thread_lock_release(&lock);
#ifdef EMPTY_HANDED
    thread_lock_release(&lock);
#endif
    return true;
}

void wait_and_add(int n)
{
    const enum lock_error e = thread_lock_acquire_ex(&lock, true, 1);

    (void)e;
#ifndef UNCHECKED
    if (e != LOCK_EOK)
        return;
#endif
    total += n;
    thread_lock_release(&lock);
}

void add_in_a_block(int n)
{
    THREAD_LOCK_WITH(&lock)
        total += n;
}
