/* lock_baremetal_riscv.h - lock.h on RISC-V without an operating system
   SPDX-License-Identifier: 0BSD

   Copy this file next to lock.h and include it instead of lock.h. In exactly
   one C file write #define THREAD_LOCK_IMPLEMENTATION before the include, or
   #define THREAD_LOCK_STATIC if only one C file uses locks.

   Has run on   rv32imac in qemu, one hart (examples/firmware/interrupt.c).
   Needs        machine mode, and the extension A. Without it, write the three
                functions of atomics-m0.c with mstatus for PRIMASK.
   There is     try_acquire, release, locked, acquire_async and cancel. Nothing
                here waits: the main loop runs what a release has posted.
   Interrupts   may call all of these: MIE of mstatus masks those of this hart
                for the few instructions of an edit. Another hart that finds the
                edit waits for these instructions.
   In a trap    MIE is 0 already, and stays so.                              */

#define THREAD_LOCK_PORT_CUSTOM
#define THREAD_LOCK_NO_WAIT

#if (defined THREAD_LOCK_IMPLEMENTATION || defined THREAD_LOCK_STATIC) \
    && !defined LOCK_BAREMETAL_PORT
#define LOCK_BAREMETAL_PORT
#include <stdint.h>

static uintptr_t thread_lock_port_enter(void)
{
    uintptr_t mstatus;

    __asm__ volatile("csrrci %0, mstatus, 8" : "=r"(mstatus) : : "memory");
    return mstatus & 8;     /* MIE */
}

static void thread_lock_port_leave(uintptr_t mask)
{
    __asm__ volatile("csrs mstatus, %0" : : "r"(mask) : "memory");
}

static void thread_lock_port_pause(unsigned n)
{
    (void)n;    /* another hart edits: its interrupts are masked */
}

#endif
#include "lock.h"
