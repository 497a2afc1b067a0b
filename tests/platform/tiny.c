/* The async lock where there is next to nothing: for compilers and simulators
   of small processors. Says "passed" if every answer is right. */
#define ASYNC_LOCK_IMPLEMENTATION
#include "async_lock.h"

#include <stdio.h>

#ifdef __SDCC
#ifdef __SDCC_mcs51
__xdata volatile unsigned char __at(0x7fff) simulator;
#else
volatile unsigned char __at(0x7fff) simulator;
#endif

/* The simulator prints what follows a 'p', and stops at an 's'. */
int putchar(int c)
{
    simulator = 'p';
    simulator = (unsigned char)c;
    return c;
}

static void stop(void)
{
    simulator = 's';
}
#else
static void stop(void) {}
#endif

static struct async_lock lock;
static struct async_lock_waiter waiter[3];
static char order[8];
static unsigned char served, wrong;
static struct lock_job *posted;

static void must(unsigned char line, bool hold)
{
    if (hold || wrong != 0)
        return;
    wrong = line;
}

static void post(struct lock_loop *loop, struct lock_job *job)
{
    (void)loop;
    posted = job;
}

static struct lock_loop loop = {post};

static void serve(void *name, enum lock_error result)
{
    order[served++] = result == LOCK_EOK ? *(char *)name : '!';
    if (result == LOCK_EOK)
        must(1, async_lock_release(&lock) == LOCK_EOK);
}

static void queue_three(void)
{
    static char name[3] = {'a', 'b', 'c'};
    unsigned char i;

    served = 0;
    must(2, async_lock_try_acquire(&lock) == LOCK_EOK);
    must(3, async_lock_try_acquire(&lock) == LOCK_EBUSY);
    for (i = 0; i < 3; i++)
        must(4, async_lock_acquire(&lock, &waiter[i], serve, &name[i])
                    == LOCK_EPENDING);
    must(5, async_lock_waiting(&lock) == 3);
}

static void release_all(void)
{
    struct lock_job *job;

    must(6, async_lock_release(&lock) == LOCK_EOK);
    while ((job = posted) != NULL) {
        posted = NULL;
        job->run(job);
    }
    must(7, !async_lock_locked(&lock));
    must(8, async_lock_release(&lock) == LOCK_ENOTLOCKED);
}

static void check_all(struct lock_loop *l)
{
    async_lock_init(&lock, l);
    queue_three();
    release_all();
    must(9, served == 3 && order[0] == 'a' && order[1] == 'b'
                && order[2] == 'c');
    queue_three();
    must(10, async_lock_cancel(&lock, &waiter[1]) == LOCK_EOK);
    must(11, async_lock_cancel(&lock, &waiter[1]) == LOCK_ENOTWAITING);
    release_all();
    must(12, served == 2 && order[0] == 'a' && order[1] == 'c');
    queue_three();
    must(13, async_lock_cancel_all(&lock) == 3);
    release_all();
    must(14, served == 3 && order[0] == '!' && order[2] == '!');
}

int main(void)
{
    const char *text = "passed";

    check_all(&loop);
    check_all(NULL);
    if (wrong != 0) {
        putchar('@' + wrong);
        text = " is wrong";
    }
    while (*text != '\0')
        putchar(*text++);
    putchar('\n');
    stop();
    return wrong;
}
