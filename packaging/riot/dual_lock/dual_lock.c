/* The functions of both headers. */
#define THREAD_LOCK_IMPLEMENTATION
#include "lock_riot.h"

#define ASYNC_LOCK_IMPLEMENTATION
#include "async_lock.h"
