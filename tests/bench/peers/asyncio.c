/* Python's asyncio.Lock: every measurement is a process of its own. */
#include "bench.h"
#include <stdio.h>
#include <stdlib.h>

static double ask(const char *what, long a, long b)
{
    char command[100];
    double answer = -1;
    FILE *f;

    snprintf(command, sizeof command,
             b > 0 ? "python3 tests/bench/peers/asyncio_lock.py %s %ld %ld"
                   : "python3 tests/bench/peers/asyncio_lock.py %s %ld",
             what, a, b);
    f = popen(command, "r");
    if (f == NULL || fscanf(f, "%lf", &answer) != 1 || pclose(f) != 0)
        broken("asyncio", command);
    return answer;
}

/* It is so slow that fewer do. */
static double asyncio_uncontended(long pairs)
{
    return ask("uncontended", pairs / 20 + 1, 0);
}

static double asyncio_hand_over(long waiters, long times)
{
    return waiters > 100000 ? -1 : ask("hand_over", waiters, times / 20 + 1);
}

static double asyncio_cancel(long waiters, long times)
{
    return waiters > 100000 ? -1 : ask("cancel", waiters, times / 20 + 1);
}

__attribute__((constructor)) static void asyncio_enter(void)
{
    static struct async_contestant c = {"asyncio", 0, 0, asyncio_uncontended,
                                        asyncio_hand_over, asyncio_cancel,
                                        NULL};

    c.lock_size = (size_t)ask("size", 0, 0);
    c.waiter_size = (size_t)ask("size", 1, 0);
    enter_async_contestant(&c);
}
