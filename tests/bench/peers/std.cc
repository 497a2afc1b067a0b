#include "bench.h"
#include <mutex>
#include <new>

LOCKS(std_mutex, std::mutex, new (l) std::mutex, l->lock(), l->unlock())
TRIES(std_mutex, std::mutex, l->try_lock())
ENTER(std_mutex, "std::mutex", sizeof(std::mutex), std_mutex_try, nullptr,
      std_mutex_tries, false)
