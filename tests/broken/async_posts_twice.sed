# async_lock.h: a hand-over is posted once for each cancel
/^ASYNC_LOCK_DEF_ enum lock_error async_lock_cancel(/,/^}/ s/^    return LOCK_EOK;/    if (l->state == ASYNC_LOCK_PASSING_ \&\& l->loop != NULL) l->loop->post(l->loop, \&l->job);\n    return LOCK_EOK;/
