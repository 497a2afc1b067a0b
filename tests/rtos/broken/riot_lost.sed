# lock_riot.h: a wake-up that comes before the park is lost
s/^    thread_flags_t flags;$/&\n\n    thread_flags_clear(LOCK_RIOT_WOKEN);/
