#include "bench.h"
#include <stdlib.h>
#include <uv.h>

static void make(uv_mutex_t *m)
{
    if (uv_mutex_init(m) != 0)
        abort();
}

LOCKS(uv, uv_mutex_t, make(l), uv_mutex_lock(l), uv_mutex_unlock(l))
TRIES(uv, uv_mutex_t, uv_mutex_trylock(l) == 0)
ENTER(uv, "uv_mutex_t", sizeof(uv_mutex_t), uv_try, NULL, uv_tries, false)
