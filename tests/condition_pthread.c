#define THREAD_LOCK_PORT_PTHREAD
#define PORT_NAME "pthread"
#define SUITE condition_pthread
#include "condition.c"
