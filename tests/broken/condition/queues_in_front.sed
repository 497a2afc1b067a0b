# condition.h: the last to come is first in the queue
s/^    c->first->prev = w;/&\n    c->first = w;/
