/* Two threads and the system's work queue share a sensor. A thread waits for it
   at most so long; the work queue does not wait at all, but goes on when the
   sensor is its own. */
#include <lock_zephyr_loop.h>
#include <zephyr/kernel.h>
#include <zephyr/sys/printk.h>

static struct thread_lock sensor;       /* zeroed memory is a free lock */
static struct thread_lock_waiter turn;
static struct lock_work work_loop;
static K_SEM_DEFINE(done, 0, 1);

static void sample(void *name, enum lock_error result)
{
    printk("%s has the sensor: %s\n", (const char *)name,
           lock_strerror(result));
    thread_lock_release(&sensor);
    k_sem_give(&done);
}

static void hurry(void *a, void *b, void *c)
{
    const enum lock_error e =
        thread_lock_acquire_for(&sensor, 50 * (int64_t)NSEC_PER_MSEC);

    ARG_UNUSED(a);
    ARG_UNUSED(b);
    ARG_UNUSED(c);
    printk("hurry gave up: %s\n", lock_strerror(e));
}

K_THREAD_DEFINE(hurry_thread, 1024, hurry, NULL, NULL, NULL, 1, 0, 10);

void main(void)
{
    lock_work_init(&work_loop, &k_sys_work_q);
    thread_lock_acquire(&sensor);
    printk("main has the sensor\n");
    if (thread_lock_acquire_async(&sensor, &turn, &work_loop.fifo.loop, sample,
                                  "work queue")
        == LOCK_EPENDING)
        printk("work queue waits\n");
    k_thread_join(hurry_thread, K_FOREVER);
    thread_lock_release(&sensor);
    k_sem_take(&done, K_FOREVER);
    printk("done\n");
}
