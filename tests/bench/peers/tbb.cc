#include "bench.h"
#include <new>
#include <oneapi/tbb/mutex.h>

LOCKS(tbb, tbb::mutex, new (l) tbb::mutex, l->lock(), l->unlock())
TRIES(tbb, tbb::mutex, l->try_lock())
ENTER(tbb, "tbb::mutex", sizeof(tbb::mutex), tbb_try, nullptr, tbb_tries, true)
