# async_lock.h: the last to come is served first
/^    first->prev = w;/,/^    }/ s/^    }/        l->first = w;\n    }/
/^        first->prev = w;/a\        l->first = w;
