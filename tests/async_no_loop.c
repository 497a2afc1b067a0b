/* The async lock without a loop: continuations run inside release. */
#define ASYNC_LOCK_STATIC
#include "async_lock.h"
#include "suite.h"
#include <pthread.h>

#define SUITE async_no_loop
#define LOOP NULL
#define RUN() ((void)0)

#include "async.h"

Test(SUITE, release_runs_all_continuations_before_it_returns)
{
    struct scene s;

    make_scene(&s, 5);
    expect(RELEASE(&s.lock), LOCK_EOK);
    expect_served("abcde");
}
