/* riot.c - two threads of RIOT count together */

#define THREAD_LOCK_IMPLEMENTATION
#include "lock_riot.h"

#include "thread.h"
#include <stdio.h>
#include <stdlib.h>

static struct thread_lock lock;     /* zeroed memory is a free lock */
static unsigned total, finished;    /* guarded by it */

static char stack[THREAD_STACKSIZE_MAIN];

static void *count(void *unused)
{
    (void)unused;
    for (int i = 0; i < 1000; i++) {
        thread_lock_acquire(&lock);
        total++;
        thread_lock_release(&lock);
    }
    thread_lock_acquire(&lock);
    if (++finished == 2) {
        printf("%u\n", total);
        exit(0);
    }
    thread_lock_release(&lock);
    return NULL;
}

int main(void)
{
    thread_create(stack, sizeof stack, THREAD_PRIORITY_MAIN - 1, 0, count, NULL,
                  "count");
    count(NULL);
    return 0;
}
