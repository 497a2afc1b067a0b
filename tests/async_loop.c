/* The async lock, on an event loop. */
#define ASYNC_LOCK_STATIC
#include "async_lock.h"
#include "suite.h"
#include "loop.h"

#define SUITE async_loop
#define LOOP (&loop.base)

static struct loop loop = LOOP_INIT(loop);

#define RUN() loop_run(&loop)

#include "async.h"

Test(SUITE, release_posts_and_fn_runs_in_a_later_turn)
{
    struct scene s;

    make_scene(&s, 1);
    expect(RELEASE(&s.lock), LOCK_EOK);
    expect_served("");
    check(loop_run(&loop) == 1);
    expect_served("a");
}

Test(SUITE, each_hand_over_is_posted_once_also_when_cancelled)
{
    const unsigned before = loop.posted;
    struct scene s;

    make_scene(&s, 5);
    expect(RELEASE(&s.lock), LOCK_EOK);
    for (unsigned i = 0; i < 4; i++)
        expect(CANCEL(&s.lock, &s.client[i].waiter), LOCK_EOK);
    check(loop.posted == before + 1);
    RUN();
    expect_served("e");
    check(loop.posted == before + 1);
}

Test(SUITE, a_cancelled_new_owner_may_be_freed_before_the_loop_turns)
{
    struct client *c = calloc(1, sizeof *c);
    struct scene s;

    check(c != NULL);
    make_scene(&s, 0);
    expect(queue(&s.lock, c), LOCK_EPENDING);
    expect(RELEASE(&s.lock), LOCK_EOK);
    expect(CANCEL(&s.lock, &c->waiter), LOCK_EOK);
    free(c);
    check(LOCKED(&s.lock));
    RUN();
    check(!LOCKED(&s.lock));
    expect_served("");
}

Test(SUITE, a_lock_is_five_words_and_a_waiter_five)
{
    check(sizeof(struct async_lock) <= 5 * sizeof(void *));
    check(sizeof(struct async_lock_waiter) <= 5 * sizeof(void *));
}
