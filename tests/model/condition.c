/* condition.c - what a few actors do with one condition, to be run in every
   order

   As in scenarios.c. A waiter lies on its thread's stack: the explorer reports
   each access to a frame that has been left. A lost notification leaves a
   waiter without a time limit asleep for ever, which it reports too. */

#define THREAD_LOCK_IMPLEMENTATION
#include "examples/condition.h"

#include "explore.h"

#include <stdatomic.h>
#include <string.h>

#define TIMEOUT 100     /* ns, on the explorer's clock */

/* One of these each schedule; all zeroes at its beginning. */
static struct world {
    struct thread_lock lock;
    long permits;               /* guarded by the lock, */
    long waiting, returned;     /* as these are */
    _Atomic(long) event;
    enum lock_error result[EXPLORE_ACTORS];
    struct thread_condition condition;
} world;

static void acquire(void)
{
    expect(thread_lock_acquire(&world.lock) == LOCK_EOK);
}

static void release(void)
{
    expect(thread_lock_release(&world.lock) == LOCK_EOK);
}

static void tell(long what)
{
    atomic_store_explicit(&world.event, what, memory_order_release);
}

static void hear(long what)
{
    while (atomic_load_explicit(&world.event, memory_order_acquire) != what)
        continue;
}

static enum lock_error wait(void)
{
    return thread_condition_wait(&world.condition, &world.lock);
}

static enum lock_error wait_for(int64_t timeout)
{
    const int64_t until = explore_now() + timeout;
    const enum lock_error e =
        thread_condition_wait_for(&world.condition, &world.lock, timeout);

    expect(e == LOCK_EOK || e == LOCK_ETIMEDOUT);
    expect(e == LOCK_EOK || explore_now() >= until);
    world.result[explore_self()] = e;
    return e;
}

static void notify(size_t n)
{
    thread_condition_notify(&world.condition, n);
}

/* >>waiters: a plain one waits until there is a permit, and takes it */

static void take(void)
{
    while (world.permits == 0)
        expect(wait() == LOCK_EOK);
    world.permits--;
}

static void plain(void)
{
    acquire();
    take();
    release();
}

static void signalled(void)
{
    explore_signal(explore_ignore);
    plain();
}

/* It wants no permit. If it is notified, it passes that on. */
static void wait_once(int64_t timeout)
{
    acquire();
    if (world.permits == 0 && wait_for(timeout) == LOCK_EOK)
        notify(1);
    release();
}

static void timed(void)
{
    wait_once(TIMEOUT);
}

static void at_once(void)
{
    wait_once(0);
}

static void passes_on_without_the_lock(void)
{
    bool notified;

    acquire();
    notified = world.permits == 0 && wait_for(TIMEOUT) == LOCK_EOK;
    release();
    if (notified)
        notify(1);
}

/* Nobody holds the lock: the wait is refused, unless it is notified before. */
static void without_the_lock(void)
{
    const enum lock_error e = wait();

    expect(e == LOCK_EOK || e == LOCK_ENOTLOCKED);
    world.result[explore_self()] = e;
    if (e == LOCK_EOK)
        release();
}

static void refused(void)
{
    enum lock_error e = LOCK_EOK;

    while (thread_lock_acquire(&world.lock) != LOCK_EOK)
        continue;
    while (world.permits == 0 && e == LOCK_EOK)
        e = wait();
    expect(e == LOCK_EOK || e == LOCK_ESYSTEM);
    if (e == LOCK_EOK)
        world.permits--;
    world.result[explore_self()] = e;
    release();
}

/* >>notifiers */

static void notifies_one(void)
{
    notify(1);
}

static void gives_one(void)
{
    acquire();
    world.permits++;
    notify(1);
    release();
}

static void gives_one_then_notifies(void)
{
    acquire();
    world.permits++;
    release();
    notify(1);
}

static void gives_two(void)
{
    gives_one();
    gives_one_then_notifies();
}

static void gives_two_to_all(void)
{
    acquire();
    world.permits += 2;
    thread_condition_notify_all(&world.condition);
    release();
}

static void gives_two_then_notifies_two(void)
{
    acquire();
    world.permits += 2;
    release();
    notify(2);
}

static void gives_one_or_is_refused(void)
{
    while (thread_lock_acquire(&world.lock) != LOCK_EOK)
        continue;
    world.permits++;
    release();
    notify(1);
}

/* >>order: A waits first, then B; C notifies the one, then the other */

static void waits_first(void)
{
    acquire();
    tell(1);
    expect(wait() == LOCK_EOK);
    world.returned = 1;
    release();
    tell(3);
}

static void waits_second(void)
{
    hear(1);
    acquire();
    tell(2);
    expect(wait() == LOCK_EOK);
    expect(world.returned == 1);
    world.returned = 2;
    release();
}

static void notifies_one_by_one(void)
{
    hear(2);
    acquire();
    notify(1);
    release();
    hear(3);
    notify(1);
}

/* >>freeing: two wait, and the last to return frees the condition */

static void return_and_free(void)
{
    bool last = ++world.returned == 2;

    release();
    if (last)
        explore_free(&world.condition, sizeof world.condition);
}

static void say_when_two_wait(void)
{
    if (++world.waiting == 2)
        tell(1);
}

static void waits_and_frees(void)
{
    acquire();
    say_when_two_wait();
    expect(wait() == LOCK_EOK);
    return_and_free();
}

static void timed_and_frees(void)
{
    acquire();
    say_when_two_wait();
    (void)wait_for(TIMEOUT);
    return_and_free();
}

/* When it has had the lock, both are in the queue. */
static void notifies_all_when_two_wait(void)
{
    hear(1);
    acquire();
    release();
    thread_condition_notify_all(&world.condition);
}

static void notifies_two_when_two_wait(void)
{
    hear(1);
    acquire();
    release();
    notify(2);
}

/* >>after all have finished */

static void nothing_left(void)
{
    expect(atomic_load(&world.lock.word) == 0);
    expect(atomic_load(&world.condition.guard.word) == 0);
    expect(world.condition.first == NULL);
}

static void no_permit_left(void)
{
    nothing_left();
    expect(world.permits == 0);
}

static void one_permit_left(void)
{
    nothing_left();
    expect(world.permits == 1);
}

static void both_returned(void)
{
    expect(atomic_load(&world.lock.word) == 0);
    expect(world.returned == 2);
}

static void one_permit_each_or_told(void)
{
    const long told = (world.result[0] == LOCK_ESYSTEM)
                      + (world.result[1] == LOCK_ESYSTEM);

    nothing_left();
    expect(world.permits == told);
}

/* >>the list */

const struct scenario scenarios[] = {
    {"wait", "a notification ends a wait", {plain, gives_one}, no_permit_left,
     0, 0},
    {"unlocked", "so does one by a thread that does not hold the lock",
     {plain, gives_one_then_notifies}, no_permit_left, 0, 0},
    {"signalled", "a signal does not", {signalled, gives_one}, no_permit_left,
     0, 0},
    {"timed", "a time limit ends in one of two ways", {timed, gives_one},
     one_permit_left, 0, 0},
    {"at_once", "so does a limit of zero", {at_once, gives_one},
     one_permit_left, 0, 0},
    {"two", "two waiters are notified one by one", {plain, plain, gives_two},
     no_permit_left, 0, 1},
    {"all", "two waiters are notified at once",
     {plain, plain, gives_two_to_all}, no_permit_left, 0, 1},
    {"two_unlocked", "so they are by a thread that does not hold the lock",
     {plain, plain, gives_two_then_notifies_two}, no_permit_left, 0, 1},
    {"time_out", "a notification does not die with one who times out",
     {timed, plain, gives_one}, no_permit_left, 0, 1},
    {"time_out_unlocked", "nor if no one holds the lock at that moment",
     {passes_on_without_the_lock, plain, gives_one_then_notifies},
     no_permit_left, 0, 1},
    {"time_out_x2", "nor with two of them", {timed, timed, gives_one},
     one_permit_left, 0, 1},
    {"time_out_x3", "nor if a third waits for it",
     {timed, timed, plain, gives_one}, no_permit_left, 0, 2},
    {"not_locked", "a wait without the lock leaves no trace",
     {without_the_lock, notifies_one}, nothing_left, 0, 0},
    {"order", "first come, first served",
     {waits_first, waits_second, notifies_one_by_one}, both_returned, 0, 1},
    {"free", "who returns last frees the condition",
     {waits_and_frees, waits_and_frees, notifies_all_when_two_wait},
     both_returned, 0, 1},
    {"free_timed", "also if one times out",
     {timed_and_frees, waits_and_frees, notifies_two_when_two_wait},
     both_returned, 0, 1},
    {"refused", "a thread that cannot wait is told",
     {refused, gives_one_or_is_refused}, one_permit_each_or_told, 2, 0},
    {NULL, NULL, {NULL}, NULL, 0, 0}
};

void scenario_reset(void)
{
    memset(&world, 0, sizeof world);
}

const char *scenario_place(const void *p)
{
    return p == &world.lock              ? "lock"
           : p == &world.condition.guard ? "guard"
           : p == &world.event           ? "event"
                                         : NULL;
}
