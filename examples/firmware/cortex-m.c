/* cortex-m.c - a Cortex-M from its reset to main, without a C library

   Prints and exits by semihosting: the debugger, or the emulator, does it. Real
   hardware without a debugger would write to a UART instead.

       arm-none-eabi-gcc -std=c11 -Os -mcpu=cortex-m3 -mthumb -ffreestanding
           -nostdlib -ffunction-sections -Wl,--gc-sections -I.
           -T examples/firmware/cortex-m.ld examples/firmware/cortex-m.c
           examples/firmware/bus.c -o bus.elf
       qemu-system-arm -M mps2-an385 -nographic -monitor none -serial none
           -semihosting-config enable=on,target=native -kernel bus.elf

   For a Cortex-M0, -mcpu=cortex-m0, atomics-m0.c as well where lock.h is used,
   and -M microbit.                                                          */

#include "board.h"

#include <stddef.h>

#define SYST_CSR (*(volatile uint32_t *)0xe000e010)
#define SYST_RVR (*(volatile uint32_t *)0xe000e014)
#define SYST_CVR (*(volatile uint32_t *)0xe000e018)

#define SYS_WRITE0 0x04
#define SYS_EXIT_EXTENDED 0x20
#define ADP_STOPPED_APPLICATION_EXIT 0x20026

extern uint32_t data_load[], data_start[], data_end[], bss_start[], bss_end[];
extern uint32_t stack_end[];

static int semihost(int call, const void *arg)
{
    register int r0 __asm__("r0") = call;
    register const void *r1 __asm__("r1") = arg;

    __asm__ volatile("bkpt 0xab" : "+r"(r0) : "r"(r1) : "memory");
    return r0;
}

void board_print(const char *text)
{
    semihost(SYS_WRITE0, text);
}

void board_exit(int status)
{
    const uint32_t why[] = {ADP_STOPPED_APPLICATION_EXIT, (uint32_t)status};

    for (;;)
        semihost(SYS_EXIT_EXTENDED, why);
}

void board_start_ticks(void)
{
    SYST_RVR = 1000;
    SYST_CVR = 0;
    SYST_CSR = 7;       /* enabled, with its interrupt, on the core's clock */
}

void board_next_tick(uint32_t n)
{
    SYST_RVR = 10 + n;
    SYST_CVR = 0;
}

void board_wait(void)
{
    __asm__ volatile("wfi" ::: "memory");
}

/* Compilers call these on their own account, libraries or not. volatile, lest
   this one sees a memset in it. */
void *memset(void *to, int byte, size_t n)
{
    volatile unsigned char *p = to;

    while (n-- != 0)
        *p++ = (unsigned char)byte;
    return to;
}

/* clang's name for a memset to zero, for what is aligned to 8. */
void clear(void *to, size_t n) __asm__("__aeabi_memclr8");
void clear(void *to, size_t n)
{
    memset(to, 0, n);
}

void reset(void)
{
    uint32_t *from = data_load, *to;

    for (to = data_start; to < data_end; to++)
        *to = *from++;
    for (to = bss_start; to < bss_end; to++)
        *to = 0;
    board_exit(main());
}

static void fault(void)
{
    board_print("fault\n");
    board_exit(1);
}

/* A program that has no use for one of these does not define it. */
__attribute__((weak)) void on_tick(void) {}
__attribute__((weak)) void on_switch(void) {}   /* PendSV: see scheduler.c */
__attribute__((weak)) void on_call(void) { fault(); }   /* SVC: a kernel's */
__attribute__((weak)) void on_irq0(void) {}

__attribute__((section(".vectors"), used)) static const struct {
    uint32_t *stack;
    void (*exceptions[15])(void);
    void (*interrupts[1])(void);
} vectors = {
    stack_end,
    {reset, fault, fault, fault, fault, fault, fault, fault, fault, fault,
     on_call, fault, fault, on_switch, on_tick},
    {on_irq0},
};
