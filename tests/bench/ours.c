/* lock.h, as a contestant. Built once for each port, with PORT as its name. */
#define THREAD_LOCK_STATIC
#include "lock.h"
#include "bench.h"

LOCKS(ours, struct thread_lock, (void)0, thread_lock_acquire(l),
      thread_lock_release(l))
TRIES(ours, struct thread_lock, thread_lock_try_acquire(l) == LOCK_EOK)
WAITS_FOR(ours, struct thread_lock, thread_lock_acquire_for(l, ns) == LOCK_EOK)
ENTER(ours, PORT, sizeof(struct thread_lock), ours_try, ours_for, ours_tries,
      true)
