# lock.h: a wake-up that meets a time-out is lost
/The wake-up must not die/,/^}/ s/return .*/return e;/
