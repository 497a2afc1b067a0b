/* Both locks as a module of RIOT. */
#include "async_lock.h"
#include "lock_riot.h"

#include <stdio.h>
#include <stdlib.h>

static struct thread_lock lock;
static struct async_lock line;

int main(void)
{
    const bool good = thread_lock_acquire(&lock) == LOCK_EOK
                      && thread_lock_acquire_for(&lock, 0) == LOCK_ETIMEDOUT
                      && thread_lock_release(&lock) == LOCK_EOK
                      && async_lock_try_acquire(&line) == LOCK_EOK
                      && async_lock_try_acquire(&line) == LOCK_EBUSY
                      && async_lock_release(&line) == LOCK_EOK;

    printf("%sok 1 - an application with the module has both locks\n",
           good ? "" : "not ");
    printf("1..1\n# %d passed, %d failed, 0 skipped\n", good, !good);
    exit(!good);
}
