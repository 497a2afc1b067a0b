# lock_freertos.h: a time limit ends up to a tick early
s/until \/ LOCK_FREERTOS_TICK_NS + 1$/until \/ LOCK_FREERTOS_TICK_NS/
