/* riscv.c - two RISC-V harts from their reset to main, without a C library

       riscv64-unknown-elf-gcc -std=c11 -Os -march=rv32imac_zicsr -mabi=ilp32
           -mcmodel=medany -ffreestanding -nostdlib -ffunction-sections
           -Wl,--gc-sections,--no-warn-rwx-segments -I.
           -T examples/firmware/riscv.ld examples/firmware/riscv.c
           examples/firmware/harts.c -o harts.elf
       qemu-system-riscv32 -M virt -smp 2 -bios none -nographic -monitor none
           -serial none -semihosting-config enable=on,target=native
           -kernel harts.elf                                                 */

#include "board.h"

#include <stddef.h>

#define SYS_WRITE0 0x04
#define SYS_EXIT_EXTENDED 0x20
#define ADP_STOPPED_APPLICATION_EXIT 0x20026

extern uint32_t bss_start[], bss_end[], stack_end[];

/* The first hart runs main; the program may define what the second does. */
__attribute__((weak)) void second_hart(void) {}

static _Atomic(uint32_t) bss_is_clear = 0x5a;   /* not in .bss: it is no 0 */

static int semihost(int call, const void *arg)
{
    register int a0 __asm__("a0") = call;
    register const void *a1 __asm__("a1") = arg;

    /* These three tell a breakpoint for the host from any other; the debugger
       looks for them uncompressed, and in one page. */
    __asm__ volatile(".option push        \n\t"
                     ".option norvc       \n\t"
                     ".balign 16          \n\t"
                     "slli x0, x0, 0x1f   \n\t"
                     "ebreak              \n\t"
                     "srai x0, x0, 7      \n\t"
                     ".option pop         \n\t"
                     : "+r"(a0) : "r"(a1) : "memory");
    return a0;
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

/* >>ticks: the alarm of the first hart, on a clock of 10 MHz */
#define MTIMECMP ((volatile uint32_t *)0x02004000)
#define MTIME ((volatile uint32_t *)0x0200bff8)

__attribute__((weak)) void on_tick(void) {}

/* Only of the low half of the clock: no program runs for 7 minutes. */
void board_next_tick(uint32_t n)
{
    MTIMECMP[0] = MTIME[0] + 2 + n;
}

/* on_tick may ask for another time. */
__attribute__((interrupt("machine"), aligned(4))) static void trap(void)
{
    board_next_tick(1000);
    on_tick();
}

void board_start_ticks(void)
{
    board_next_tick(0);
    MTIMECMP[1] = MTIME[1];
    __asm__ volatile("csrw mtvec, %0  \n\t"
                     "csrs mie, %1    \n\t"
                     "csrsi mstatus, 8" :: "r"(trap), "r"(1u << 7) : "memory");
}

void board_wait(void)
{
    __asm__ volatile("wfi" ::: "memory");
}

/* Compilers call it on their own account, libraries or not. volatile, lest this
   one sees a memset in it. */
void *memset(void *to, int byte, size_t n)
{
    volatile unsigned char *p = to;

    while (n-- != 0)
        *p++ = (unsigned char)byte;
    return to;
}

__attribute__((used)) static void start(uint32_t hart)
{
    uint32_t *p;

    if (hart == 0) {
        for (p = bss_start; p < bss_end; p++)
            *p = 0;
        bss_is_clear = 1;
        board_exit(main());
    }
    while (bss_is_clear != 1)
        continue;
    second_hart();
    for (;;)
        __asm__ volatile("wfi");
}

/* The stack of the first hart ends where RAM does, the second's 8 KiB below. */
__attribute__((naked, section(".reset"), used)) void reset(void);
void reset(void)
{
    __asm__ volatile("csrr a0, mhartid    \n\t"
                     "la   sp, stack_end  \n\t"
                     "slli t0, a0, 13     \n\t"
                     "sub  sp, sp, t0     \n\t"
                     "j    start          \n\t");
}
