# linux: park takes any return of the futex for an unpark
s/^\( *\)case 0: case EAGAIN: break;/\1case 0:\n\1    (void)atomic_exchange_explicit(\&p->woken, 0, memory_order_acquire);\n\1    return LOCK_EOK;\n\1case EAGAIN: break;/
