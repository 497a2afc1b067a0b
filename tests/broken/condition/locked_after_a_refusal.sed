# condition.h: a refused wait acquires the lock
s/if (e != LOCK_ENOTLOCKED)/if (e != LOCK_EBUSY)/
