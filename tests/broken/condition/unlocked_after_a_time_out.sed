# condition.h: a wait that timed out does not acquire the lock again
s/if (e != LOCK_ENOTLOCKED)/if (e == LOCK_EOK)/
