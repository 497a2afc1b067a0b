/* A signal that does nothing, for the torture where there are none and the
   system's own pthread_kill ends the program. */
#include <signal.h>

int pthread_kill(pthread_t thread, int number)
{
    (void)thread;
    (void)number;
    return 0;
}
