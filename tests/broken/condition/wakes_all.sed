# condition.h: notify wakes all
s/c->first != NULL; n--/c->first != NULL;/
