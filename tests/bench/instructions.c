/* Runs one path, 1000 times, of which callgrind counts the instructions: those
   of the functions named path_... */
#define THREAD_LOCK_STATIC
#define ASYNC_LOCK_STATIC
#include "async_lock.h"
#include "lock.h"
#include <string.h>

#define PATH __attribute__((noinline)) static void
#define TIMES 1000
#define IS(wanted) (strcmp(name, wanted) == 0)

static struct thread_lock lock;
static struct async_lock async;
static struct lock_job *posted, **end = &posted;
static struct thread_lock_waiter waiters[TIMES];
static struct async_lock_waiter async_waiters[TIMES];
static long served;

static void serve_async(void *arg, enum lock_error result)
{
    (void)arg, (void)result;
    served++;
    async_lock_release(&async);
}

/* Paths of a single call. */

PATH path_acquire(void) { thread_lock_acquire(&lock); }
PATH path_try(void) { (void)thread_lock_try_acquire(&lock); }
PATH path_release(void) { thread_lock_release(&lock); }
PATH path_for(void) { (void)thread_lock_acquire_for(&lock, 1000000000); }
PATH path_async_acquire(void)
{
    (void)async_lock_acquire(&async, async_waiters, serve_async, NULL);
}
PATH path_async_release(void) { async_lock_release(&async); }

static void acquire(void) { (void)thread_lock_try_acquire(&lock); }
static void release(void) { thread_lock_release(&lock); }
static void async_acquire(void) { (void)async_lock_try_acquire(&async); }
static void async_release(void) { async_lock_release(&async); }
static void nothing(void) {}

/* Paths of a queue of waiters. */

static void post(struct lock_loop *loop, struct lock_job *job)
{
    (void)loop;
    job->next = NULL;
    *end = job;
    end = &job->next;
}

static struct lock_loop loop = {post};

static void run_loop(void)
{
    struct lock_job *job;

    while ((job = posted) != NULL) {
        if ((posted = job->next) == NULL)
            end = &posted;
        job->run(job);
    }
}

static void serve(void *arg, enum lock_error result)
{
    (void)arg, (void)result;
    served++;
    thread_lock_release(&lock);
}

PATH path_dual_hand_over(void)
{
    thread_lock_release(&lock);
    run_loop();
}

PATH path_async_hand_over(void)
{
    async_lock_release(&async);
    run_loop();
}

static void queue(bool dual, struct lock_loop *async_loop)
{
    int i;

    async_lock_init(&async, async_loop);
    (void)thread_lock_try_acquire(&lock);
    (void)async_lock_try_acquire(&async);
    for (i = 0; i < TIMES; i++)
        if (dual)
            (void)thread_lock_acquire_async(&lock, &waiters[i], &loop, serve, NULL);
        else
            (void)async_lock_acquire(&async, &async_waiters[i], serve_async, NULL);
}

static void repeat(void (*before)(void), void (*path)(void),
                   void (*after)(void))
{
    for (; served < TIMES; served++) {
        before();
        path();
        after();
    }
}

int main(int argc, char **argv)
{
    const char *name = argc > 1 ? argv[1] : "";

    if (IS("acquire"))
        repeat(nothing, path_acquire, release);
    else if (IS("try_acquire"))
        repeat(nothing, path_try, release);
    else if (IS("failing_try_acquire"))
        repeat(acquire, path_try, nothing);
    else if (IS("release"))
        repeat(acquire, path_release, nothing);
    else if (IS("acquire_for"))
        repeat(nothing, path_for, release);
    else if (IS("async_acquire"))
        repeat(nothing, path_async_acquire, async_release);
    else if (IS("async_release"))
        repeat(async_acquire, path_async_release, nothing);
    else if (IS("dual_hand_over"))
        queue(true, NULL), path_dual_hand_over();
    else if (IS("async_hand_over"))
        queue(false, &loop), path_async_hand_over();
    else if (IS("async_hand_over_without_loop"))
        queue(false, NULL), path_async_hand_over();
    return served == TIMES ? 0 : 1;
}
