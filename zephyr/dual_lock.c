/* The functions of both headers, for CONFIG_DUAL_LOCK. */
#define THREAD_LOCK_IMPLEMENTATION
#include "lock_zephyr.h"

#define ASYNC_LOCK_IMPLEMENTATION
#include "async_lock.h"
