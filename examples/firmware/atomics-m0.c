/* atomics-m0.c - compare-and-swap for processors that have none

   A Cortex-M0 or M0+ has no LDREX and STREX, so the compiler calls functions by
   these names, which no library of it defines. On one core, what no interrupt
   can divide is atomic. Link this file, once, on such a processor, and only
   there.

   The compiler knows these names as builtins, so they are defined under others
   and given theirs by asm. gcc calls the first only; clang all three, and warns
   of it: -Wno-atomic-alignment.                                             */

#include <stdbool.h>
#include <stdint.h>

bool compare_exchange_4(volatile void *p, void *seen, uint32_t to, bool weak,
                        int order, int order_if_not)
    __asm__("__atomic_compare_exchange_4");
uint32_t load_4(const volatile void *p, int order)
    __asm__("__atomic_load_4");
void store_4(volatile void *p, uint32_t to, int order)
    __asm__("__atomic_store_4");

bool compare_exchange_4(volatile void *p, void *seen, uint32_t to, bool weak,
                        int order, int order_if_not)
{
    volatile uint32_t *const word = p;
    const uint32_t wanted = *(uint32_t *)seen;
    uint32_t primask, old;

    (void)weak, (void)order, (void)order_if_not;
    __asm__ volatile("mrs %0, primask\n\tcpsid i" : "=r"(primask) :: "memory");
    old = *word;
    if (old == wanted)
        *word = to;
    __asm__ volatile("msr primask, %0" :: "r"(primask) : "memory");
    *(uint32_t *)seen = old;
    return old == wanted;
}

uint32_t load_4(const volatile void *p, int order)
{
    (void)order;
    return *(const volatile uint32_t *)p;
}

void store_4(volatile void *p, uint32_t to, int order)
{
    (void)order;
    *(volatile uint32_t *)p = to;
}
