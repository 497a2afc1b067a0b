/* The async lock's debug build: it keeps all that the normal build promises,
   and tells who waits too long for whom. */
#include <stddef.h>

struct async_lock_report;

static size_t debug_turns = 1000;

static void note(const struct async_lock_report *r);

#define ASYNC_LOCK_DEBUG
#define ASYNC_LOCK_DEBUG_TURNS debug_turns
#define ASYNC_LOCK_DEBUG_HOOK note
#define ASYNC_LOCK_STATIC
#include "async_lock.h"
#include "suite.h"
#include "loop.h"

static struct async_lock_report last;
static unsigned reported;

static void note(const struct async_lock_report *r)
{
    last = *r;
    reported++;
}

#define SUITE async_debug
#define LOOP (&loop.base)

static struct loop loop = LOOP_INIT(loop);

#define RUN() loop_run(&loop)

#include "async.h"

static void turns(struct async_lock *l, unsigned n)
{
    while (n-- > 0)
        async_lock_debug_turn(l);
}

static bool is_line(const char *site, int line)
{
    char here[200];

    snprintf(here, sizeof here, "%s:%d", __FILE__, line);
    return site != NULL && strcmp(site, here) == 0;
}

/* A lock that is held for 7 turns; a has waited for 4 of them, b for none. */
struct stuck {
    struct async_lock lock;
    struct client a, b;
    int held_line, a_line, b_line;
};

static void make_stuck(struct stuck *s)
{
    static const struct client a = CLIENT('a', NULL), b = CLIENT('b', NULL);

    served[0] = '\0';
    reported = 0;
    debug_turns = 10;
    s->a = a;
    s->b = b;
    MAKE(&s->lock);
    s->held_line = __LINE__ + 1;
    expect(async_lock_try_acquire(&s->lock), LOCK_EOK);
    turns(&s->lock, 3);
    s->a_line = __LINE__ + 1;
    (void)async_lock_acquire(&s->lock, &s->a.waiter, serve, &s->a);
    turns(&s->lock, 4);
    s->b_line = __LINE__ + 1;
    (void)async_lock_acquire(&s->lock, &s->b.waiter, serve, &s->b);
}

Test(SUITE, the_first_that_waits_is_reported_once_per_period)
{
    struct stuck s;

    make_stuck(&s);
    turns(&s.lock, 5);
    check(reported == 0);
    turns(&s.lock, 1);
    check(reported == 1);
    check(last.lock == &s.lock);
    check(is_line(last.waiter, s.a_line) && last.waited == 10);
    check(is_line(last.holder, s.held_line) && last.held == 13);
    check(last.waiting == 2);
    turns(&s.lock, 9);
    check(reported == 1);
    turns(&s.lock, 1);
    check(reported == 2 && last.waited == 20);
}

Test(SUITE, turns_of_a_lock_that_nobody_waits_for_are_not_reported)
{
    struct async_lock l;

    reported = 0;
    debug_turns = 1;
    MAKE(&l);
    turns(&l, 5);
    expect(TRY(&l), LOCK_EOK);
    turns(&l, 5);
    check(reported == 0);
}

/* A loop that does not run what was posted to it: a is who owns the lock. */
Test(SUITE, a_lock_on_its_way_is_held_by_the_one_that_it_is_for)
{
    struct stuck s;

    make_stuck(&s);
    expect(RELEASE(&s.lock), LOCK_EOK);
    turns(&s.lock, 10);
    check(reported == 1);
    check(is_line(last.waiter, s.b_line) && last.waited == 10);
    check(is_line(last.holder, s.a_line) && last.held == 10);
    check(last.waiting == 1);
    RUN();
}

Test(SUITE, who_was_served_holds_it_since_that_turn_from_where_it_waited)
{
    struct stuck s;

    make_stuck(&s);
    expect(RELEASE(&s.lock), LOCK_EOK);
    turns(&s.lock, 2);
    RUN();
    expect_served("a");
    turns(&s.lock, 8);
    check(reported == 1);
    check(is_line(last.holder, s.a_line) && last.held == 8);
}

Test(SUITE, when_the_new_owner_cancels_the_next_holds_it)
{
    struct stuck s;

    make_stuck(&s);
    expect(RELEASE(&s.lock), LOCK_EOK);
    expect(CANCEL(&s.lock, &s.a.waiter), LOCK_EOK);
    RUN();
    expect_served("b");
    expect(ACQUIRE(&s.lock, &s.a.waiter, serve, &s.a), LOCK_EPENDING);
    turns(&s.lock, 10);
    check(reported == 1 && is_line(last.holder, s.b_line));
}

static struct async_lock task_lock;

static void waits_in_a_block(void *arg, enum lock_error result)
{
    struct async_lock_task *t = arg;

    ASYNC_LOCK_TASK(t, waits_in_a_block, t, result)
        ASYNC_LOCK_WITH(&task_lock)
            check(async_lock_locked(&task_lock));
}
static const int block_line = __LINE__ - 3;

Test(SUITE, a_task_waits_where_its_block_stands)
{
    struct async_lock_task t = {.at = 0};

    MAKE(&task_lock);
    reported = 0;
    debug_turns = 1;
    expect(TRY(&task_lock), LOCK_EOK);
    waits_in_a_block(&t, LOCK_EOK);
    turns(&task_lock, 1);
    check(reported == 1);
    check(is_line(last.waiter, block_line));
    expect(RELEASE(&task_lock), LOCK_EOK);
    RUN();
}

Test(SUITE, a_holder_without_a_line_is_reported_as_unknown)
{
    enum lock_error (*const try)(struct async_lock *) = async_lock_try_acquire;
    struct client a = CLIENT('a', NULL);
    struct async_lock l = ASYNC_LOCK_INIT;

    reported = 0;
    debug_turns = 1;
    expect(try(&l), LOCK_EOK);
    expect(queue(&l, &a), LOCK_EPENDING);
    turns(&l, 1);
    check(reported == 1 && last.holder == NULL);
}
