/* threadx.c - two threads of ThreadX count together */

#define THREAD_LOCK_IMPLEMENTATION
#include "lock_threadx.h"

#include "tx_api.h"
#include <stdio.h>
#include <stdlib.h>

static struct thread_lock lock;     /* zeroed memory is a free lock */
static unsigned total, finished;    /* guarded by it */

static TX_THREAD threads[2];
static ULONG64 stacks[2][256];

static void count(ULONG times)
{
    while (times-- > 0) {
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
}

void tx_application_define(void *memory)
{
    (void)memory;
    for (int i = 0; i < 2; i++)
        tx_thread_create(&threads[i], "count", count, 1000, stacks[i],
                         sizeof stacks[i], 1, 1, 1, TX_AUTO_START);
}

int main(void)
{
    tx_kernel_enter();
}
