/* tasks.c - lock.h under a preemptive scheduler, on a port of its own

   Tasks of two priorities share one thread_lock: they block on it, limit their
   wait, try, and wait as an event loop does, which may cancel. An interrupt
   releases a second lock. The scheduler preempts them after any instruction,
   and the program counts what would have gone wrong.

   Build it with cortex-m.c, scheduler.c and, for a Cortex-M0, atomics-m0.c;
   run it with -icount shift=2,sleep=off, which makes each run the same.     */

#define THREAD_LOCK_PORT_CUSTOM
#define THREAD_LOCK_SPIN 0      /* one core: whom we would wait for sleeps */
#include "lock.h"
#include "board.h"
#include "scheduler.h"

#ifndef SEED
#define SEED 1
#endif

#define ROUNDS 300
#define TOO_LONG 100000000      /* ns after which someone is lost */

static uint16_t faults;

static void must(bool hold)
{
    if (!hold)
        faults++;
}

/* >>port: a binary semaphore is a flag, and a task to wake */
struct thread_lock_parker {
    struct task *task;
    bool woken;
};

static uintptr_t thread_lock_port_enter(void)
{
    return scheduler_mask();
}

static void thread_lock_port_leave(uintptr_t mask)
{
    scheduler_unmask(mask);
}

static int64_t thread_lock_port_now(void)
{
    return scheduler_now();
}

static enum lock_error thread_lock_port_init(struct thread_lock_parker *p)
{
    p->task = scheduler_current;
    p->woken = false;
    return LOCK_EOK;
}

static void thread_lock_port_destroy(struct thread_lock_parker *p)
{
    (void)p;
}

static enum lock_error thread_lock_port_park(struct thread_lock_parker *p,
                                             int64_t until)
{
    const uintptr_t mask = scheduler_mask();
    bool woken;

    while (!p->woken && scheduler_now() < until)
        scheduler_sleep(until);
    woken = p->woken;
    p->woken = false;
    scheduler_unmask(mask);
    return woken ? LOCK_EOK : LOCK_ETIMEDOUT;
}

static void thread_lock_port_unpark(struct thread_lock_parker *p)
{
    const uintptr_t mask = scheduler_mask();

    p->woken = true;
    scheduler_wake(p->task);
    scheduler_unmask(mask);
}

/* Who edits is not preempted, so no one ever finds an edit under way. */
static void thread_lock_port_pause(unsigned n)
{
    (void)n;
    must(false);
}

#define THREAD_LOCK_IMPLEMENTATION
#include "lock.h"

/* >>what the lock guards */
static struct thread_lock lock;
static uint16_t guarded, acquired;
static uint8_t inside;

static void use(void)
{
    const uint16_t before = guarded;

    must(inside++ == 0);
    for (volatile int i = 0; i < 20; i++)
        continue;
    guarded = (uint16_t)(before + 1);
    inside--;
}

static void use_and_release(void)
{
    use();
    acquired++;     /* guarded as well */
    must(thread_lock_release(&lock) == LOCK_EOK);
}

/* >>tasks */
static volatile uint8_t running;
static uint16_t timed_out, cancelled, converted;

static void finish(void)
{
    scheduler_mask();
    running--;
    for (;;)
        scheduler_sleep(THREAD_LOCK_FOREVER);
}

static void work(void)
{
    for (int i = 0; i < ROUNDS; i++) {
        must(thread_lock_acquire(&lock) == LOCK_EOK);
        use_and_release();
    }
    finish();
}

static void be_impatient(void)
{
    for (int i = 0; i < ROUNDS; i++) {
        const int64_t limit = i % 8 * 2000;

        if (thread_lock_acquire_for(&lock, limit) == LOCK_EOK)
            use_and_release();
        else
            timed_out++;
        if (thread_lock_try_acquire(&lock) == LOCK_EOK)
            use_and_release();
    }
    finish();
}

/* Of the higher priority: preempts all others, wherever they are. */
static void be_urgent(void)
{
    for (int i = 0; i < ROUNDS; i++) {
        uintptr_t mask;

        must(thread_lock_acquire(&lock) == LOCK_EOK);
        use_and_release();
        mask = scheduler_mask();
        scheduler_sleep(scheduler_now() + 3000);
        scheduler_unmask(mask);
    }
    finish();
}

/* >>a task that is an event loop */
static struct lock_job *posted;
static struct task looping;

static void post(struct lock_loop *loop, struct lock_job *job)
{
    const uintptr_t mask = scheduler_mask();

    (void)loop;
    posted = job;
    scheduler_wake(&looping);
    scheduler_unmask(mask);
}

static struct lock_loop loop = {post};

static void run_posted(void)
{
    const uintptr_t mask = scheduler_mask();
    struct lock_job *job;

    while (posted == NULL)
        scheduler_sleep(THREAD_LOCK_FOREVER);
    job = posted;
    posted = NULL;
    scheduler_unmask(mask);
    job->run(job);
}

static void served(void *arg, enum lock_error result)
{
    (void)arg;
    must(result == LOCK_EOK);
    use_and_release();
}

static void run_loop(void)
{
    static struct thread_lock_waiter w;

    for (int i = 0; i < ROUNDS; i++) {
        const enum lock_error e =
            thread_lock_acquire_async(&lock, &w, &loop, served, NULL);

        if (e == LOCK_EOK)
            use_and_release();
        else if (i % 2 && thread_lock_cancel(&lock, &w) == LOCK_EOK)
            cancelled++;
        else
            run_posted();
    }
    finish();
}

/* >>an interrupt that releases: a conversion that takes its time */
#define NVIC_ISER (*(volatile uint32_t *)0xe000e100)
#define NVIC_ISPR (*(volatile uint32_t *)0xe000e200)

static struct thread_lock conversion;
static volatile bool converting;

void on_irq0(void)
{
    must(thread_lock_release(&conversion) == LOCK_EOK);
}

static void convert(void)
{
    must(thread_lock_acquire(&conversion) == LOCK_EOK);
    for (int i = 0; i < ROUNDS; i++) {
        converting = true;
        must(thread_lock_acquire(&conversion) == LOCK_EOK);
        converted++;
    }
    finish();
}

void scheduler_at_tick(int64_t now)
{
    if (converting && (now >> 10) % 4 == 0) {
        converting = false;
        NVIC_ISPR = 1;
    }
    if (now > TOO_LONG) {
        board_print("a waiter is lost\n");
        board_exit(1);
    }
}

/* >>all together */
static void say(const char *text, uint16_t n)
{
    board_print_number(n);
    board_print(text);
}

/* Of the lowest priority: goes on when all others have finished. */
static void report(void)
{
    while (running != 0)
        continue;
    must(guarded == acquired && !thread_lock_locked(&lock));
    say(" acquired, ", acquired);
    say(" timed out, ", timed_out);
    say(" cancelled, ", cancelled);
    say(" converted, ", converted);
    say(" faults\n", faults);
    board_exit(faults != 0 || timed_out == 0 || cancelled == 0);
}

int main(void)
{
    static struct task task[6];

    running = 6;
    NVIC_ISER = 1;
    scheduler_add(&task[0], 1, work);
    scheduler_add(&task[1], 1, work);
    scheduler_add(&task[2], 1, be_impatient);
    scheduler_add(&looping, 1, run_loop);
    scheduler_add(&task[3], 2, be_urgent);
    scheduler_add(&task[4], 2, convert);
    scheduler_add(&task[5], 0, report);
    scheduler_start(SEED);
    return 1;
}
