# lock_zephyr.h: a time limit ends up to a tick early
s/k_ns_to_ticks_ceil64(left));$/k_ns_to_ticks_ceil64(left) - 1);/
s/k_uptime_ticks() - 1/k_uptime_ticks()/
