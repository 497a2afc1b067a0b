/* async_with.c - a task that reads from top to bottom, as in Python

   Three clients share one line, and each keeps it from its request to the reply.
   This is the whole client, in Python and then in C:

       async def client(name, ms):
           async with line:
               print(name, "asks")
               await asyncio.sleep(ms)
               print(name, "hears")
           print(name, "bye")

   The function is called anew when what it waits for has come, and goes on from
   there: so it has no local variables, but a struct.                        */

#define ASYNC_LOCK_IMPLEMENTATION
#include "async_lock.h"

#include <stdio.h>

struct client {
    struct async_lock_task task;
    const char *name;
    int ms;
};

static struct async_lock line;

static void start_timer(struct client *c, lock_fn *fn);

static void client(void *arg, enum lock_error result)
{
    struct client *c = arg;

    ASYNC_LOCK_TASK(&c->task, client, c, result) {
        ASYNC_LOCK_WITH(&line) {
            printf("%s asks\n", c->name);
            ASYNC_LOCK_AWAIT(start_timer(c, client));
            printf("%s hears\n", c->name);
        }
        printf("%s bye\n", c->name);
    }
}

/* >>loop: one timer and one job, for the line has one owner */

static struct lock_job *posted;
static struct client *timed;
static lock_fn *then;

static void post(struct lock_loop *loop, struct lock_job *job)
{
    (void)loop;
    posted = job;
}

static void start_timer(struct client *c, lock_fn *fn)
{
    timed = c;
    then = fn;
}

static void run(void)
{
    while (posted != NULL || timed != NULL) {
        struct lock_job *const job = posted;
        struct client *const c = timed;

        posted = NULL;
        timed = NULL;
        if (job != NULL)
            job->run(job);
        if (c != NULL) {
            printf("  (%d ms later)\n", c->ms);
            then(c, LOCK_EOK);
        }
    }
}

int main(void)
{
    struct lock_loop loop = {post};
    struct client a = {.name = "a", .ms = 30}, b = {.name = "b", .ms = 10},
                  c = {.name = "c", .ms = 20};

    async_lock_init(&line, &loop);
    client(&a, LOCK_EOK);
    client(&b, LOCK_EOK);
    client(&c, LOCK_EOK);
    run();
    return 0;
}
