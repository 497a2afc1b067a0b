#include "bench.h"
#include <nsync.h>

LOCKS(nsync, nsync_mu, nsync_mu_init(l), nsync_mu_lock(l), nsync_mu_unlock(l))
TRIES(nsync, nsync_mu, nsync_mu_trylock(l) != 0)
ENTER(nsync, "nsync_mu", sizeof(nsync_mu), nsync_try, NULL, nsync_tries, false)
