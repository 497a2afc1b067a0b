# lock_riot.h: a time limit ends up to a tick early
/^ *(uint64_t)(until \/ LOCK_RIOT_TICK_NS + 1$/ {
    N
    s/ + 1\n.*/));/
}
