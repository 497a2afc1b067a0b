# condition.h: notify_all wakes one
s/SIZE_MAX/1/
