/* The least that lock.h asks of a port: nothing to mask here. With NO_WAIT, that
   is all; else the other functions are in a file of their own. */

#include <stdint.h>

struct thread_lock_parker {
    int woken;
};

static inline void thread_lock_port_pause(unsigned n)
{
    (void)n;
}

static inline uintptr_t thread_lock_port_enter(void)
{
    return 0;
}

static inline void thread_lock_port_leave(uintptr_t mask)
{
    (void)mask;
}
