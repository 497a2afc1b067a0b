/* How deep the stack gets in the async lock's operations, however many wait: a
   firmware program that prints it for 10 and for 1000 waiters. */
#define ASYNC_LOCK_STATIC
#include "async_lock.h"
#include "board.h"

#ifdef __AVR__
#include <avr/io.h>
#endif

#ifndef WAITERS
#define WAITERS 1000
#endif

static struct async_lock lock;
static struct async_lock_waiter waiter[WAITERS];

static void serve(void *arg, enum lock_error result)
{
    if (result == LOCK_EOK)
        async_lock_release(arg);
}

/* All operations, of which cancel_all, and a release without a loop, which runs
   all continuations, are the deep ones. */
static void use(unsigned waiters)
{
    unsigned i, round;

    for (round = 0; round < 2; round++) {
        (void)async_lock_try_acquire(&lock);
        for (i = 0; i < waiters; i++)
            (void)async_lock_acquire(&lock, &waiter[i], serve, &lock);
        (void)async_lock_cancel(&lock, &waiter[1]);
        if (round == 1)
            async_lock_cancel_all(&lock);
        async_lock_release(&lock);
    }
}

static volatile unsigned char *stack_pointer(void)
{
    volatile unsigned char *sp;

#if defined __AVR__
    sp = (volatile unsigned char *)SP + 1;  /* it points below what it holds */
#elif defined __arm__
    __asm__ volatile("mov %0, sp" : "=r"(sp));
#elif defined __riscv
    __asm__ volatile("mv %0, sp" : "=r"(sp));
#else
    __asm__ volatile("mov %%rsp, %0" : "=r"(sp));
#endif
    return sp;
}

#define PAINTED 600
#define PAINT 0x57

/* What lies below the stack pointer is painted: how much of it is used? This
   includes the frame of use, which is not the lock's. */
__attribute__((noinline)) static uint16_t depth_of(void (*f)(unsigned),
                                                   unsigned waiters)
{
    volatile unsigned char *const sp = stack_pointer();
    unsigned n;

    for (n = 1; n <= PAINTED; n++)
        sp[-(int)n] = PAINT;
    f(waiters);
    for (n = PAINTED; n > 0 && sp[-(int)n] == PAINT; n--)
        continue;
    return (uint16_t)n;
}

/* A pointer that no compiler sees through: use is not inlined. */
static void (*volatile to_use)(unsigned) = use;

int main(void)
{
    board_print_number(depth_of(to_use, 10));
    board_print(" ");
    board_print_number(depth_of(to_use, WAITERS));
    board_print(" bytes deep\n");
    return 0;
}
