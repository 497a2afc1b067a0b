# async_lock.h: cancel_all leaves those queued whose fn is still to come
/^    for (i = 0; i < n; i++) {/,/^    }/ s/async_lock_unqueue_(l, w);/(void)0;/
