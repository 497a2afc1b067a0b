# async_lock.h: cancel_all leaves those queued whose fn is still to come
/^    for (i = 0, w = first; i < n; i++, w = next) {/,/^    }/ s/async_lock_unqueue_(l, w);/(void)0;/
