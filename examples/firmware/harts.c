/* harts.c - lock.h on two cores without an operating system

   Two RISC-V harts, truly at the same time, share one thread_lock: they block
   on it, limit their wait, try, and wait as an event loop does. Who waits
   sleeps until the other hart's interrupt; who finds the queue being edited,
   which takes a few instructions, spins.

   Build it with riscv.c, which tells how.                                   */

#define THREAD_LOCK_PORT_CUSTOM
#include "lock.h"
#include "board.h"

#define ROUNDS 5000

/* >>hardware: the CLINT, which has for each hart an interrupt that others can
   set, and an alarm on a clock of 10 MHz */
#define MSIP ((volatile uint32_t *)0x02000000)
#define MTIMECMP ((volatile uint32_t *)0x02004000)
#define MTIME ((volatile uint32_t *)0x0200bff8)
#define NS 100          /* for each count of that clock */
#define A_WHILE 1000    /* counts, after which who sleeps looks at the clock */

static uint32_t this_hart(void)
{
    uint32_t hart;

    __asm__("csrr %0, mhartid" : "=r"(hart));
    return hart;
}

static uint64_t clock_count(void)
{
    uint32_t high, low;

    do {
        high = MTIME[1];
        low = MTIME[0];
    } while (MTIME[1] != high);
    return (uint64_t)high << 32 | low;
}

/* Sleep until our interrupt is set, or for a while. The interrupts are enabled
   one by one and not as a whole: so they wake us up, and nothing else. */
static void doze(void)
{
    const uint32_t hart = this_hart();
    const uint64_t alarm = clock_count() + A_WHILE;

    MTIMECMP[2 * hart] = UINT32_MAX;
    MTIMECMP[2 * hart + 1] = (uint32_t)(alarm >> 32);
    MTIMECMP[2 * hart] = (uint32_t)alarm;
    __asm__ volatile("csrs mie, %0\n\twfi" :: "r"(1u << 3 | 1u << 7)
                     : "memory");
}

/* >>port */
struct thread_lock_parker {
    uint32_t hart;
    _Atomic(uint32_t) woken;    /* a smaller one has no instructions here */
};

static enum lock_error thread_lock_port_init(struct thread_lock_parker *p)
{
    p->hart = this_hart();
    atomic_init(&p->woken, 0);
    return LOCK_EOK;
}

static void thread_lock_port_destroy(struct thread_lock_parker *p)
{
    (void)p;
}

static int64_t thread_lock_port_now(void)
{
    return (int64_t)clock_count() * NS;
}

/* The interrupt is cleared before we look: it cannot come in between unseen. */
static enum lock_error thread_lock_port_park(struct thread_lock_parker *p,
                                             int64_t until)
{
    for (;;) {
        MSIP[p->hart] = 0;
        atomic_thread_fence(memory_order_seq_cst);
        if (atomic_exchange_explicit(&p->woken, 0, memory_order_acquire))
            return LOCK_EOK;
        if (thread_lock_port_now() >= until)
            return LOCK_ETIMEDOUT;
        doze();
    }
}

/* *p may be gone once it is woken: so whose it is is read before. */
static void thread_lock_port_unpark(struct thread_lock_parker *p)
{
    const uint32_t hart = p->hart;

    atomic_store_explicit(&p->woken, 1, memory_order_release);
    atomic_thread_fence(memory_order_seq_cst);
    MSIP[hart] = 1;
}

static void thread_lock_port_pause(unsigned n)
{
    (void)n;
}

/* No interrupt handler uses the lock, so there is nothing to mask. */
static uintptr_t thread_lock_port_enter(void)
{
    return 0;
}

static void thread_lock_port_leave(uintptr_t mask)
{
    (void)mask;
}

#define THREAD_LOCK_IMPLEMENTATION
#include "lock.h"

/* >>what the lock guards */
static struct thread_lock lock;
static uint16_t guarded, inside, faults;
static _Atomic(uint32_t) acquired, slept, finished;

static void must(bool hold)
{
    if (!hold)
        faults++;
}

static void use_and_release(void)
{
    const uint16_t before = guarded;

    must(inside++ == 0);
    for (volatile int i = 0; i < 20; i++)
        continue;
    guarded = (uint16_t)(before + 1);
    inside--;
    acquired++;
    must(thread_lock_release(&lock) == LOCK_EOK);
}

/* >>a loop for each hart */
struct loop {
    struct lock_loop base;
    _Atomic(struct lock_job *) job;
};

static void post(struct lock_loop *base, struct lock_job *job)
{
    ((struct loop *)(void *)base)->job = job;
}

static void served(void *arg, enum lock_error result)
{
    (void)arg;
    must(result == LOCK_EOK);
    use_and_release();
}

static void acquire_as_a_loop(void)
{
    struct loop loop = {.base = {post}};
    struct thread_lock_waiter w = THREAD_LOCK_WAITER_INIT;
    struct lock_job *job;

    if (thread_lock_acquire_async(&lock, &w, &loop.base, served, NULL)
        == LOCK_EOK) {
        use_and_release();
        return;
    }
    slept++;
    while ((job = loop.job) == NULL)
        continue;
    job->run(job);
}

static void work(void)
{
    for (int i = 0; i < ROUNDS; i++) {
        must(thread_lock_acquire(&lock) == LOCK_EOK);
        use_and_release();
        if (thread_lock_acquire_for(&lock, i * 8) == LOCK_EOK)
            use_and_release();
        if (thread_lock_try_acquire(&lock) == LOCK_EOK)
            use_and_release();
        acquire_as_a_loop();
    }
    finished++;
}

void second_hart(void)
{
    work();
}

int main(void)
{
    work();
    while (finished != 2)
        continue;
    must(guarded == (uint16_t)acquired && !thread_lock_locked(&lock));
    board_print_number((uint16_t)acquired);
    board_print(" acquired, ");
    board_print_number((uint16_t)slept);
    board_print(" queued, ");
    board_print_number(faults);
    board_print(" faults\n");
    return faults != 0;
}
