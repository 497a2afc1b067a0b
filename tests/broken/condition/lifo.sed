# condition.h: the last to come is notified first
s/w = \*end = c->first;/w = *end = c->first->prev;/
