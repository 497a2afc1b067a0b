# async_lock.h: a new owner that is cancelled, with none behind it, keeps the lock
/^    if (w == NULL) {$/,/^    }/ s/async_lock_free_(l);//
