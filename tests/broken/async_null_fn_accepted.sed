# async_lock.h: a NULL fn is accepted
s/w == NULL || fn == NULL || /w == NULL || /
