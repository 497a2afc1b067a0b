# lock_riot.h: a time limit ends up to a tick early
s/ + 2 \* LOCK_RIOT_NS - 1//
