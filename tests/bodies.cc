/* The bodies of lock.h as C++, with a port under which a program in C tests
   them: PORT is "port_linux.h" or the like. */
#include PORT
#include "calls.h"
