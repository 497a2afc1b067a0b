/* The least that THREAD_LOCK_NO_WAIT asks of a port: nothing to mask here. */

#include <stdint.h>

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
