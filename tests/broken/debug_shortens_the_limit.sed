# lock.h: a debug build ends a wait with its first report
s/        if (e != LOCK_ETIMEDOUT)$/        if (1)/
