/* FreeRTOS on a Cortex-M3: start-up, an interrupt that comes at odd times, and
   semihosting, by which qemu prints and ends. The board is mps2-an385. */
#include "rtos.h"

#include "FreeRTOS.h"
#include "task.h"

#define REGISTER(address) (*(volatile uint32_t *)(address))
#define SYST_RVR REGISTER(0xe000e014)
#define SYST_CVR REGISTER(0xe000e018)
#define NVIC_ISER REGISTER(0xe000e100)
#define NVIC_ICER REGISTER(0xe000e180)
#define NVIC_IPR ((volatile uint8_t *)0xe000e400)
#define ICSR REGISTER(0xe000ed04)
#define ICSR_PENDSTSET (1u << 26)
#define TIMER_CTRL REGISTER(0x40000000)
#define TIMER_VALUE REGISTER(0x40000004)
#define TIMER_RELOAD REGISTER(0x40000008)
#define TIMER_INTCLEAR REGISTER(0x4000000c)
#define TIMER_IRQ 8

#define CYCLE_NS (1000000000 / configCPU_CLOCK_HZ)

const int64_t rtos_clock_ns = CYCLE_NS;

extern void vPortSVCHandler(void);
extern void xPortPendSVHandler(void);
extern void xPortSysTickHandler(void);
extern int main(void);

/* >>print */
static int semihost(int call, const void *arg)
{
    register int r0 __asm__("r0") = call;
    register const void *r1 __asm__("r1") = arg;

    __asm__ volatile("bkpt 0xab" : "+r"(r0) : "r"(r1) : "memory");
    return r0;
}

void rtos_put(char c)
{
    semihost(0x03 /* SYS_WRITEC */, &c);
}

void rtos_end(bool failed)
{
    const uint32_t why[] = {0x20026 /* application exit */, failed};

    for (;;)
        semihost(0x20 /* SYS_EXIT_EXTENDED */, why);
}

/* >>time */
static int64_t ticks;

static void systick(void)
{
    ticks++;
    xPortSysTickHandler();
}

/* With all interrupts masked, for an interrupt may call it. */
int64_t rtos_now(void)
{
    uint32_t primask, cycles;
    int64_t whole;

    __asm__ volatile("mrs %0, primask\n\tcpsid i" : "=r"(primask) :: "memory");
    whole = ticks;
    cycles = SYST_RVR - SYST_CVR;
    if (ICSR & ICSR_PENDSTSET) {
        whole++;
        cycles = SYST_RVR - SYST_CVR;
    }
    __asm__ volatile("msr primask, %0" :: "r"(primask) : "memory");
    return whole * (1000000000 / configTICK_RATE_HZ) + cycles * CYCLE_NS;
}

/* The tick in which nothing is to be done. */
void vApplicationIdleHook(void);
void vApplicationIdleHook(void)
{
    __asm__ volatile("wfi" ::: "memory");
}

/* >>interrupt: of a higher priority than the ticks, and of the highest that may
   call the kernel */
static void (*volatile interrupt)(void);

static void timer(void)
{
    static uint32_t random = 1;

    random = random * 1664525 + 1013904223;
    TIMER_INTCLEAR = 1;
    TIMER_RELOAD = 1500 + (random >> 20);
    interrupt();
}

bool rtos_interrupt(void (*fn)(void))
{
#ifdef NO_INTERRUPTS    /* the port is not for them */
    return false;
#endif
    NVIC_ICER = 1u << TIMER_IRQ;
    TIMER_CTRL = 0;
    if (fn != NULL) {
        interrupt = fn;
        NVIC_IPR[TIMER_IRQ] = configMAX_SYSCALL_INTERRUPT_PRIORITY;
        TIMER_VALUE = TIMER_RELOAD = 2000;
        TIMER_CTRL = 9;     /* counts, and interrupts */
        NVIC_ISER = 1u << TIMER_IRQ;
    }
    return true;
}

/* >>start */
extern uint32_t data_load[], data_start[], data_end[], bss_start[], bss_end[];
extern uint32_t stack_end[];

void reset(void);
void reset(void)
{
    uint32_t *from = data_load, *to;

    for (to = data_start; to < data_end; to++)
        *to = *from++;
    for (to = bss_start; to < bss_end; to++)
        *to = 0;
    main();
}

static void fault(void)
{
    rtos_broken(0);
}

__attribute__((section(".vectors"), used)) static const struct {
    uint32_t *stack;
    void (*exceptions[15])(void);
    void (*interrupts[TIMER_IRQ + 1])(void);
} vectors = {
    stack_end,
    {reset, fault, fault, fault, fault, fault, fault, fault, fault, fault,
     vPortSVCHandler, fault, fault, xPortPendSVHandler, systick},
    {fault, fault, fault, fault, fault, fault, fault, fault, timer},
};
