/* A scene for Frama-C's Eva (see eva.sh), which follows every execution of it
   and reports whatever might misuse memory or be undefined: all sequences of
   four operations, with a loop and without, on a lock that two wait for. */
#define ASYNC_LOCK_STATIC
#include "async_lock.h"

#define WAITERS 3
#define OPERATIONS 8

struct scene {
    struct async_lock lock;
    struct async_lock_waiter waiter[WAITERS];
    struct lock_loop loop;
    struct lock_job *posted;
};

static struct scene scene;

static void post(struct lock_loop *loop, struct lock_job *job)
{
    (void)loop;
    scene.posted = job;
}

/* The first keeps the lock, the others pass it on. */
static void serve(void *arg, enum lock_error result)
{
    if (result == LOCK_EOK && arg != &scene.waiter[0])
        async_lock_release(&scene.lock);
}

static void acquire(int i)
{
    (void)async_lock_acquire(&scene.lock, &scene.waiter[i], serve,
                       &scene.waiter[i]);
}

static void operate(int operation)
{
    struct lock_job *job = scene.posted;

    switch (operation) {
    case 0: acquire(0); break;
    case 1: acquire(2); break;
    case 2: (void)async_lock_cancel(&scene.lock, &scene.waiter[0]); break;
    case 3: (void)async_lock_cancel(&scene.lock, &scene.waiter[1]); break;
    case 4: async_lock_release(&scene.lock); break;
    case 5: (void)async_lock_try_acquire(&scene.lock); break;
    case 6: async_lock_cancel_all(&scene.lock); break;
    case 7:
        scene.posted = NULL;
        if (job != NULL)
            job->run(job);
        break;
    }
}

static void play(int loop, int a, int b, int c, int d)
{
    static const struct scene empty;

    scene = empty;
    scene.loop.post = post;
    async_lock_init(&scene.lock, loop ? &scene.loop : NULL);
    (void)async_lock_try_acquire(&scene.lock);
    acquire(0);
    acquire(1);
    operate(a);
    operate(b);
    operate(c);
    operate(d);
}

int main(void)
{
    for (int loop = 0; loop < 2; loop++)
        for (int a = 0; a < OPERATIONS; a++)
            for (int b = 0; b < OPERATIONS; b++)
                for (int c = 0; c < OPERATIONS; c++)
                    for (int d = 0; d < OPERATIONS; d++)
                        play(loop, a, b, c, d);
    return 0;
}
