// The deadlock detector is on in Debian's build: off with it.
#include "bench.h"
#include <absl/synchronization/mutex.h>
#include <new>

static void make(absl::Mutex *m)
{
    absl::SetMutexDeadlockDetectionMode(absl::OnDeadlockCycle::kIgnore);
    new (m) absl::Mutex;
}

LOCKS(absl_mutex, absl::Mutex, make(l), l->Lock(), l->Unlock())
TRIES(absl_mutex, absl::Mutex, l->TryLock())
ENTER(absl_mutex, "absl::Mutex", sizeof(absl::Mutex), absl_mutex_try, nullptr,
      absl_mutex_tries, false)
