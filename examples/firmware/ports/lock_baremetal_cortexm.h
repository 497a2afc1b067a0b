/* lock_baremetal_cortexm.h - lock.h on a Cortex-M without an operating system
   SPDX-License-Identifier: 0BSD

   Copy this file next to lock.h and include it instead of lock.h. In exactly
   one C file write #define THREAD_LOCK_IMPLEMENTATION before the include, or
   #define THREAD_LOCK_STATIC if only one C file uses locks.

   Has run on   Cortex-M0, M3 and M4 in qemu (examples/firmware/interrupt.c).
   Needs        nothing; a Cortex-M0 also needs examples/firmware/atomics-m0.c.
   There is     try_acquire, release, locked, acquire_async and cancel. Nothing
                here waits: the main loop runs what a release has posted.
   Interrupts   may call all of these, at any priority: PRIMASK masks them all
                for the few instructions of an edit, except NMI and HardFault,
                which may only try_acquire; on a Cortex-M0 only locked.
   Privilege    unprivileged code cannot mask: do not call from there.       */

#define THREAD_LOCK_PORT_CUSTOM
#define THREAD_LOCK_NO_WAIT

#if (defined THREAD_LOCK_IMPLEMENTATION || defined THREAD_LOCK_STATIC) \
    && !defined LOCK_BAREMETAL_PORT
#define LOCK_BAREMETAL_PORT
#include <stdint.h>

static uintptr_t thread_lock_port_enter(void)
{
    uintptr_t mask;

    __asm__ volatile("mrs %0, primask\n\tcpsid i" : "=r"(mask) : : "memory");
    return mask;
}

static void thread_lock_port_leave(uintptr_t mask)
{
    __asm__ volatile("msr primask, %0" : : "r"(mask) : "memory");
}

static void thread_lock_port_pause(unsigned n)
{
    (void)n;    /* never called: who edits cannot be interrupted */
}

#endif
#include "lock.h"
