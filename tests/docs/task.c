/* What stands around the example of a task in async_lock.h, which follows. */
#define ASYNC_LOCK_IMPLEMENTATION
#include "async_lock.h"

#include <stdio.h>

struct client {
    struct async_lock_task task;
    const char *reply;
};

static struct async_lock line;
static struct client *reads;

static void client(void *arg, enum lock_error result);

static void write_request(struct client *c)
{
    printf("a request for %s\n", c->reply);
}

static void read_reply(struct client *c, lock_fn *fn)
{
    if (fn == client)
        reads = c;
}

int main(void)
{
    struct client a = {.reply = "A"}, b = {.reply = "B"};

    client(&a, LOCK_EOK);
    client(&b, LOCK_EOK);
    while (reads != NULL) {
        struct client *const c = reads;

        reads = NULL;
        client(c, LOCK_EOK);
    }
}

