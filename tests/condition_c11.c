#define THREAD_LOCK_PORT_C11
#define PORT_NAME "c11"
#define SUITE condition_c11
#include "condition.c"
