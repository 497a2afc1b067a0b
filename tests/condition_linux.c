#define THREAD_LOCK_PORT_LINUX
#define PORT_NAME "linux"
#define SUITE condition_linux
#include "condition.c"
