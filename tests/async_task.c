/* async with: tasks that hold the async lock from one wait to the next. */
#define ASYNC_LOCK_STATIC
#include "async_lock.h"
#define THREAD_LOCK_NO_WAIT
#define THREAD_LOCK_STATIC
#include "lock.h"
#include "suite.h"
#include "loop.h"
#include <string.h>

static struct loop loop = LOOP_INIT(loop);
static struct async_lock line, other;

/* What happened: a letter for each step of a task, in order. */
static char trace[64];

static void step(char letter)
{
    const size_t n = strlen(trace);

    check(n + 1 < sizeof trace);
    trace[n] = letter;
    trace[n + 1] = '\0';
}

#define expect_trace(steps) \
    do { \
        if (strcmp(trace, steps) != 0) \
            FAIL("steps are \"%s\", not \"%s\"", trace, steps); \
    } while (0)

struct client {
    struct async_lock_task task;
    char name;      /* a lower-case letter; upper case is its second step */
    int i;
    lock_fn *waits;     /* for what a test calls by answer() */
};

#define CLIENT(letter) {.name = (letter)}

static void ask(struct client *c, lock_fn *fn)
{
    check(c->waits == NULL);
    c->waits = fn;
}

static void answer(struct client *c, enum lock_error result)
{
    lock_fn *const fn = c->waits;

    check(fn != NULL);
    c->waits = NULL;
    fn(c, result);
}

static void begin(struct lock_loop *on)
{
    trace[0] = '\0';
    async_lock_init(&line, on);
    async_lock_init(&other, on);
}

static char second(const struct client *c)
{
    return (char)(c->name - 'a' + 'A');
}

static void two_steps(void *arg, enum lock_error result)
{
    struct client *c = arg;

    ASYNC_LOCK_TASK(&c->task, two_steps, c, result) {
        ASYNC_LOCK_WITH(&line) {
            step(c->name);
            ASYNC_LOCK_AWAIT(ask(c, two_steps));
            step(second(c));
        }
        step('.');
    }
}

static void three_clients_in_turn(void)
{
    struct client a = CLIENT('a'), b = CLIENT('b'), c = CLIENT('c');

    two_steps(&a, LOCK_EOK);
    two_steps(&b, LOCK_EOK);
    two_steps(&c, LOCK_EOK);
    expect_trace("a");
    check(async_lock_waiting(&line) == 2);
    answer(&a, LOCK_EOK);
    loop_run(&loop);
    answer(&b, LOCK_EOK);
    loop_run(&loop);
    answer(&c, LOCK_EOK);
    loop_run(&loop);
    check(!async_lock_locked(&line));
}

Test(async_task, a_block_holds_the_lock_over_all_that_is_awaited_in_it)
{
    begin(&loop.base);
    three_clients_in_turn();
    expect_trace("aA.bB.cC.");
}

/* Without a loop, b begins inside the release that ends a's block. */
Test(async_task, so_it_does_without_a_loop)
{
    begin(NULL);
    three_clients_in_turn();
    expect_trace("aAb.Bc.C.");
}

static void leaves_in_the_middle(void *arg, enum lock_error result)
{
    struct client *c = arg;

    ASYNC_LOCK_TASK(&c->task, leaves_in_the_middle, c, result) {
        ASYNC_LOCK_WITH(&line) {
            ASYNC_LOCK_AWAIT(ask(c, leaves_in_the_middle));
            step('1');
            if (c->task.result != LOCK_EOK)
                break;
            step('2');
        }
        check(!async_lock_locked(&line));
        step('3');
    }
}

Test(async_task, a_break_releases_and_goes_on_behind_the_block)
{
    struct client a = CLIENT('a');

    begin(&loop.base);
    leaves_in_the_middle(&a, LOCK_EOK);
    answer(&a, LOCK_ETIMEDOUT);
    expect_trace("13");
    leaves_in_the_middle(&a, LOCK_EOK);     /* starts anew */
    answer(&a, LOCK_EOK);
    expect_trace("13123");
}

static void loops_and_nests(void *arg, enum lock_error result)
{
    struct client *c = arg;

    ASYNC_LOCK_TASK(&c->task, loops_and_nests, c, result) {
        for (c->i = 0; c->i < 3; c->i++) {
            ASYNC_LOCK_WITH(&line) {
                ASYNC_LOCK_AWAIT(ask(c, loops_and_nests));
                ASYNC_LOCK_WITH(&other) {
                    check(async_lock_locked(&line));
                    ASYNC_LOCK_AWAIT(ask(c, loops_and_nests));
                    if (c->i == 1)
                        break;
                    step('o');
                }
                check(!async_lock_locked(&other));
                if (c->i == 2)
                    continue;
                step('l');
            }
            check(!async_lock_locked(&line));
            step((char)('0' + c->i));
        }
        if (c->i == 3)
            break;
        step('?');
    }
    step('.');
}

Test(async_task, blocks_stand_in_loops_and_in_each_other)
{
    struct client a = CLIENT('a');

    begin(&loop.base);
    loops_and_nests(&a, LOCK_EOK);
    while (a.waits != NULL)
        answer(&a, LOCK_EOK);
    expect_trace("ol0l1o2.");
}

static void says_what_it_was_told(void *arg, enum lock_error result)
{
    struct client *c = arg;

    ASYNC_LOCK_TASK(&c->task, says_what_it_was_told, c, result) {
        ASYNC_LOCK_WITH(&line)
            step('!');
        expect(c->task.result, LOCK_ECANCELED);
        step('x');
    }
}

Test(async_task, cancel_all_skips_the_block_and_is_told)
{
    struct client a = CLIENT('a'), b = CLIENT('b');

    begin(&loop.base);
    expect(async_lock_try_acquire(&line), LOCK_EOK);
    says_what_it_was_told(&a, LOCK_EOK);
    says_what_it_was_told(&b, LOCK_EOK);
    check(async_lock_cancel_all(&line) == 2);
    expect_trace("xx");
    expect(async_lock_release(&line), LOCK_EOK);
    check(!async_lock_locked(&line));
}

Test(async_task, who_cancels_a_wait_tells_the_task)
{
    struct client a = CLIENT('a');

    begin(&loop.base);
    expect(async_lock_try_acquire(&line), LOCK_EOK);
    says_what_it_was_told(&a, LOCK_EOK);
    expect(async_lock_cancel(&line, &a.task.waiter), LOCK_EOK);
    says_what_it_was_told(&a, LOCK_ECANCELED);
    expect_trace("x");
    check(async_lock_waiting(&line) == 0);
}

static void answered_at_once(struct client *c, lock_fn *fn)
{
    ask(c, fn);
    answer(c, LOCK_EOK);
}

static void does_not_wait(void *arg, enum lock_error result)
{
    struct client *c = arg;

    ASYNC_LOCK_TASK(&c->task, does_not_wait, c, result) {
        step('1');
        ASYNC_LOCK_AWAIT(answered_at_once(c, does_not_wait));
        step('2');
        ASYNC_LOCK_WITH(&line) {
            ASYNC_LOCK_AWAIT(answered_at_once(c, does_not_wait));
            step('3');
        }
    }
}

Test(async_task, what_is_awaited_may_come_at_once)
{
    struct client a = CLIENT('a');

    begin(&loop.base);
    does_not_wait(&a, LOCK_EOK);
    expect_trace("123");
    check(!async_lock_locked(&line));
}

static void frees_itself(void *arg, enum lock_error result)
{
    struct client *c = arg;

    ASYNC_LOCK_TASK(&c->task, frees_itself, c, result)
        ASYNC_LOCK_WITH(&line)
            step(c->name);
    memset(c, 0x5a, sizeof *c);
}

Test(async_task, a_task_may_be_freed_where_it_ends)
{
    struct client a = CLIENT('a'), b = CLIENT('b');

    begin(NULL);
    expect(async_lock_try_acquire(&line), LOCK_EOK);
    frees_itself(&a, LOCK_EOK);
    memset(&b, 0, sizeof b);
    b.name = 'b';
    frees_itself(&b, LOCK_EOK);
    expect(async_lock_release(&line), LOCK_EOK);
    expect_trace("ab");
    check(!async_lock_locked(&line));
}

/* >>awaiting a call that may be pending: here a thread_lock */

static struct thread_lock gate;

struct waiting_client {
    struct client base;
    struct thread_lock_waiter waiter;
    struct lock_loop *loop;
};

static void awaits_the_gate(void *arg, enum lock_error result)
{
    struct waiting_client *c = arg;
    struct client *b = &c->base;

    ASYNC_LOCK_TASK(&b->task, awaits_the_gate, c, result) {
        ASYNC_LOCK_WITH(&line) {
            step(b->name);
            ASYNC_LOCK_AWAIT_PENDING(thread_lock_acquire_async(
                &gate, &c->waiter, c->loop, awaits_the_gate, c));
            step(b->task.result == LOCK_EOK         ? second(b)
                 : b->task.result == LOCK_ECANCELED ? '#'
                                                    : '!');
        }
        step('.');
    }
}

static void begin_gate(struct waiting_client *c, bool closed)
{
    begin(&loop.base);
    memset(&gate, 0, sizeof gate);
    memset(c, 0, sizeof *c);
    c->base.name = 'a';
    c->loop = &loop.base;
    if (closed)
        expect(thread_lock_try_acquire(&gate), LOCK_EOK);
}

Test(async_task, a_call_that_is_not_pending_does_not_stop_a_task)
{
    struct waiting_client c;

    begin_gate(&c, false);
    awaits_the_gate(&c, LOCK_EOK);
    expect_trace("aA.");
    check(thread_lock_locked(&gate) && !async_lock_locked(&line));
}

Test(async_task, a_call_that_is_pending_stops_it_until_its_fn_runs)
{
    struct waiting_client c;

    begin_gate(&c, true);
    awaits_the_gate(&c, LOCK_EOK);
    expect_trace("a");
    check(async_lock_locked(&line));
    expect(thread_lock_release(&gate), LOCK_EOK);
    expect_trace("a");
    loop_run(&loop);
    expect_trace("aA.");
    check(thread_lock_locked(&gate));
}

Test(async_task, a_call_that_is_refused_is_told_to_the_task)
{
    struct waiting_client c;

    begin_gate(&c, true);
    c.loop = NULL;
    awaits_the_gate(&c, LOCK_EOK);
    expect_trace("a!.");
    check(c.base.task.result == LOCK_EINVAL);
}

Test(async_task, a_pending_call_can_be_cancelled)
{
    struct waiting_client c;

    begin_gate(&c, true);
    awaits_the_gate(&c, LOCK_EOK);
    expect(thread_lock_cancel(&gate, &c.waiter), LOCK_EOK);
    awaits_the_gate(&c, LOCK_ECANCELED);
    expect_trace("a#.");
    expect(thread_lock_release(&gate), LOCK_EOK);
    check(gate.word == 0 && !async_lock_locked(&line));
}

/* The fn may run, and its task be gone, before the call has returned. */
static void is_gone_at_once(void *arg, enum lock_error result);

static enum lock_error runs_at_once(struct async_lock_task *t)
{
    is_gone_at_once(t, LOCK_EOK);
    memset(t, 0x55, sizeof *t);
    return LOCK_EPENDING;
}

static void is_gone_at_once(void *arg, enum lock_error result)
{
    struct async_lock_task *t = arg;

    ASYNC_LOCK_TASK(t, is_gone_at_once, t, result) {
        step('1');
        ASYNC_LOCK_AWAIT_PENDING(runs_at_once(t));
        step('2');
    }
}

Test(async_task, after_a_pending_call_the_task_is_not_touched)
{
    struct async_lock_task t = {.at = 0}, gone;

    memset(&gone, 0x55, sizeof gone);
    trace[0] = '\0';
    is_gone_at_once(&t, LOCK_EOK);
    expect_trace("12");
    check(memcmp(&t, &gone, sizeof t) == 0);
}
