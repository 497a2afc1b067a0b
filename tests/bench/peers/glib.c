#include "bench.h"
#include <glib.h>

LOCKS(glib, GMutex, g_mutex_init(l), g_mutex_lock(l), g_mutex_unlock(l))
TRIES(glib, GMutex, g_mutex_trylock(l))
ENTER(glib, "GMutex", sizeof(GMutex), glib_try, NULL, glib_tries, false)
