# lock.h: try_lock_until believes that no clock is ever set back
s|if (Time::clock::now() >= deadline)|if (true)|
