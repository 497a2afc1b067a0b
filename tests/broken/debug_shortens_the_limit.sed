# lock.h: a debug build ends a wait with its first report
s/        if (last || e != LOCK_ETIMEDOUT)$/        if (1)/
