# lock.h: try_lock_until believes that no clock is ever set back
s|    while (e == LOCK_ETIMEDOUT && Time::clock::now() < deadline);|    while (false);|
