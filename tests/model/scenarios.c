/* scenarios.c - what a few actors do with one lock, to be run in every order

   Names and claims say what must hold in each of the orders. Counters and the
   rest of what the lock guards are plain: the explorer reports each access to
   them that the lock has not ordered. Neither has the loops' mail. */

#define THREAD_LOCK_IMPLEMENTATION
#include "lock.h"

#include "explore.h"

#include <errno.h>
#include <stdatomic.h>
#include <string.h>

#define TIMEOUT 100     /* ns, on the explorer's clock */
#define ERRNO 77        /* errno is to stay what it was */

struct actor_state {
    struct lock_loop loop;
    struct thread_lock_waiter waiter, second;
    long runs;
    enum lock_error result;
};

/* One of these each schedule; all zeroes at its beginning. */
static struct world {
    struct thread_lock lock;
    long uses;                  /* guarded by the lock, */
    long inside;                /* as this is */
    _Atomic(long) event;
    struct actor_state actor[EXPLORE_ACTORS];
} world;

static struct actor_state *self(void)
{
    return &world.actor[explore_self()];
}

/* >>owners */

/* What an owner does with a lock: no one else is in here. */
static void use(void)
{
    expect(world.inside == 0);
    world.inside = 1;
    world.uses++;
    world.inside = 0;
}

static void release(void)
{
    expect(thread_lock_release(&world.lock) == LOCK_EOK);
}

static void use_and_release(void)
{
    use();
    release();
}

static void tell(long what)
{
    atomic_store_explicit(&world.event, what, memory_order_release);
}

static long hear(void)
{
    long what;

    while ((what = atomic_load_explicit(&world.event, memory_order_acquire))
           == 0)
        continue;
    return what;
}

/* >>threads */

static void plain(void)
{
    errno = ERRNO;
    expect(thread_lock_acquire(&world.lock) == LOCK_EOK);
    use_and_release();
    expect(errno == ERRNO);
}

static void plain_twice(void)
{
    plain();
    plain();
}

static void plain_signalled(void)
{
    explore_signal(explore_ignore);
    plain();
}

/* Use the lock if we have it; e is the result of this actor's wait. */
static void use_if_got(enum lock_error e)
{
    self()->result = e;
    if (e == LOCK_EOK)
        use_and_release();
    expect(errno == ERRNO);
}

static void plain_or_refused(void)
{
    enum lock_error e;

    errno = ERRNO;
    e = thread_lock_acquire(&world.lock);
    use_if_got(e);
    expect(e == LOCK_EOK || e == LOCK_ESYSTEM);
}

static void timed(void)
{
    const int64_t until = explore_now() + TIMEOUT;
    enum lock_error e;

    errno = ERRNO;
    e = thread_lock_acquire_for(&world.lock, TIMEOUT);
    use_if_got(e);
    expect(e == LOCK_EOK || (e == LOCK_ETIMEDOUT && explore_now() >= until));
}

static void timed_signalled(void)
{
    explore_signal(explore_ignore);
    timed();
}

static void interruptible(void)
{
    enum lock_error e;

    errno = ERRNO;
    explore_signal(explore_ignore);
    e = thread_lock_acquire_interruptible(&world.lock, THREAD_LOCK_FOREVER);
    use_if_got(e);
    expect(e == LOCK_EOK || (THREAD_LOCK_HAS_EINTR && e == LOCK_EINTR));
}

static void interruptible_timed(void)
{
    enum lock_error e;

    errno = ERRNO;
    explore_signal(explore_ignore);
    e = thread_lock_acquire_interruptible(&world.lock, TIMEOUT);
    use_if_got(e);
    expect(e == LOCK_EOK || e == LOCK_ETIMEDOUT
           || (THREAD_LOCK_HAS_EINTR && e == LOCK_EINTR));
}

static void tries(void)
{
    errno = ERRNO;
    use_if_got(thread_lock_try_acquire(&world.lock));
    expect(self()->result == LOCK_EOK || self()->result == LOCK_EBUSY);
}

static void checks_that_it_holds(void)
{
    expect(thread_lock_acquire(&world.lock) == LOCK_EOK);
    expect(thread_lock_locked(&world.lock));
    expect(thread_lock_try_acquire(&world.lock) == LOCK_EBUSY);
    use_and_release();
}

static void acquires_for_another(void)
{
    expect(thread_lock_acquire(&world.lock) == LOCK_EOK);
    use();
    tell(1);
}

static void releases_for_another(void)
{
    hear();
    release();
}

static void acquires_and_releases_too(void)
{
    acquires_for_another();
    self()->result = thread_lock_release(&world.lock);
}

static void releases_too(void)
{
    hear();
    self()->result = thread_lock_release(&world.lock);
}

static void acquires_and_releases(void)
{
    expect(thread_lock_acquire(&world.lock) == LOCK_EOK);
    self()->result = thread_lock_release(&world.lock);
}

/* >>signal handlers */

static void try_in_handler(void)
{
    const enum lock_error e = thread_lock_try_acquire(&world.lock);

    expect(e == LOCK_EOK || e == LOCK_EBUSY);
    if (e != LOCK_EOK)
        return;
    expect(thread_lock_locked(&world.lock));
    self()->runs++;
    use();
    tell(1);
}

static void plain_with_handler(void)
{
    explore_signal(try_in_handler);
    plain();
    explore_signal(NULL);
    if (self()->runs == 0)
        tell(2);
}

static void timed_with_handler(void)
{
    explore_signal(try_in_handler);
    timed();
    explore_signal(NULL);
    if (self()->runs == 0)
        tell(2);
}

static void releases_for_handler(void)
{
    if (hear() == 1)
        release();
}

/* >>freeing */

/* Of `users`, who comes last frees the lock. */
static void use_release_and_free(long users)
{
    bool last;

    use();
    last = world.uses == users;
    release();
    if (last)
        explore_free(&world.lock, sizeof world.lock);
}

static void plain_frees_of_2(void)
{
    expect(thread_lock_acquire(&world.lock) == LOCK_EOK);
    use_release_and_free(2);
}

static void plain_frees_of_3(void)
{
    expect(thread_lock_acquire(&world.lock) == LOCK_EOK);
    use_release_and_free(3);
}

static void timed_frees_of_2(void)
{
    if (thread_lock_acquire_for(&world.lock, TIMEOUT) != LOCK_EOK)
        expect(thread_lock_acquire(&world.lock) == LOCK_EOK);
    use_release_and_free(2);
}

static void interrupted_frees_of_2(void)
{
    explore_signal(explore_ignore);
    while (thread_lock_acquire_interruptible(&world.lock, THREAD_LOCK_FOREVER)
           != LOCK_EOK)
        continue;
    use_release_and_free(2);
}

/* >>loops */

static void post(struct lock_loop *loop, struct lock_job *job)
{
    const struct actor_state *a = (struct actor_state *)(void *)loop;

    explore_send((unsigned)(a - world.actor), (uintptr_t)job);
}

/* A job is posted for one who owns the lock, so it is held here. */
static void post_after_a_try(struct lock_loop *loop, struct lock_job *job)
{
    expect(thread_lock_try_acquire(&world.lock) == LOCK_EBUSY);
    expect(thread_lock_locked(&world.lock));
    post(loop, job);
}

/* Run the loop until so many waits are over, by their jobs or by a cancel. */
static void run_loop(int waits)
{
    struct lock_job *job;

    for (; waits > 0; waits--) {
        job = (struct lock_job *)explore_receive();
        if (job != NULL)
            job->run(job);
    }
}

static void serve(void *arg, enum lock_error result)
{
    struct actor_state *a = arg;

    expect(result == LOCK_EOK);
    a->runs++;
    use_and_release();
}

static void await_by(lock_fn *fn, void (*by)(struct lock_loop *,
                                             struct lock_job *))
{
    enum lock_error e;

    self()->loop.post = by;
    e = thread_lock_acquire_async(&world.lock, &self()->waiter, &self()->loop,
                                  fn, self());
    self()->result = e;
    if (e == LOCK_EOK) {
        use_and_release();
        return;
    }
    expect(e == LOCK_EPENDING);
    run_loop(1);
}

static void awaits(void)
{
    await_by(serve, post);
}

static void awaits_with_a_try(void)
{
    await_by(serve, post_after_a_try);
}

/* When fn begins, *w is its owner's; when the lock is free, so is that. */
static void serve_and_free(void *arg, enum lock_error result)
{
    struct actor_state *a = arg;

    expect(result == LOCK_EOK);
    explore_free(&a->waiter, sizeof a->waiter);
    use_release_and_free(2);
}

static void awaits_and_frees(void)
{
    self()->loop.post = post;
    if (thread_lock_acquire_async(&world.lock, &self()->waiter, &self()->loop,
                                  serve_and_free, self()) == LOCK_EOK)
        use_release_and_free(2);
    else
        run_loop(1);
}

static void serve_again(void *arg, enum lock_error result)
{
    struct actor_state *a = arg;

    expect(result == LOCK_EOK);
    if (a->runs++ == 0)
        expect(thread_lock_acquire_async(&world.lock, &a->waiter, &a->loop,
                                         serve_again, a) == LOCK_EPENDING);
    use_and_release();
}

static void awaits_again_in_its_fn(void)
{
    await_by(serve_again, post);
    if (self()->runs > 0)
        run_loop(1);
}

static void queues_twice(void)
{
    self()->loop.post = post;
    self()->result = thread_lock_acquire_async(
        &world.lock, &self()->waiter, &self()->loop, serve, self());
    if (self()->result == LOCK_EOK) {
        use_and_release();
        return;
    }
    expect(thread_lock_acquire_async(&world.lock, &self()->waiter,
                                     &self()->loop, serve, self())
           == LOCK_EINVAL);
    run_loop(1);
}

static void holds_and_awaits_two(void)
{
    struct actor_state *a = self();

    a->loop.post = post;
    expect(thread_lock_acquire(&world.lock) == LOCK_EOK);
    expect(thread_lock_acquire_async(&world.lock, &a->waiter, &a->loop, serve,
                                     a) == LOCK_EPENDING);
    expect(thread_lock_acquire_async(&world.lock, &a->second, &a->loop, serve,
                                     a) == LOCK_EPENDING);
    use_and_release();
    run_loop(2);
}

/* >>cancels, of what actor A awaits */

static void cancel(struct thread_lock_waiter *w)
{
    const enum lock_error e = thread_lock_cancel(&world.lock, w);

    expect(e == LOCK_EOK || e == LOCK_ENOTWAITING);
    if (e != LOCK_EOK)
        return;
    self()->runs++;
    explore_free(w, sizeof *w);         /* it is ours again */
    explore_send(0, 0);
}

static void cancels(void)
{
    cancel(&world.actor[0].waiter);
}

static void cancels_second(void)
{
    cancel(&world.actor[0].second);
}

static void cancels_as_well(void)
{
    self()->result = thread_lock_cancel(&world.lock, &world.actor[0].waiter);
    if (self()->result != LOCK_EOK)
        return;
    self()->runs++;
    explore_send(0, 0);
}

static void cancels_both(void)
{
    cancel(&world.actor[0].second);
    cancel(&world.actor[0].waiter);
}

static void picks_a_timed_one_then_cancels(void)
{
    struct actor_state *a = self();

    a->loop.post = post;
    expect(thread_lock_acquire(&world.lock) == LOCK_EOK);
    hear();
    expect(thread_lock_acquire_async(&world.lock, &a->waiter, &a->loop, serve,
                                     a) == LOCK_EPENDING);
    expect(thread_lock_acquire_async(&world.lock, &a->second, &a->loop, serve,
                                     a) == LOCK_EPENDING);
    release();
    if (thread_lock_cancel(&world.lock, &a->waiter) != LOCK_EOK)
        run_loop(1);
    run_loop(1);
}

static void release_what_there_is(void *arg, enum lock_error result)
{
    (void)arg;
    (void)result;
    (void)thread_lock_release(&world.lock);
}

static void picks_a_timed_one_then_releases_again(void)
{
    struct actor_state *a = self();

    a->loop.post = post;
    expect(thread_lock_acquire(&world.lock) == LOCK_EOK);
    hear();
    expect(thread_lock_acquire_async(&world.lock, &a->waiter, &a->loop,
                                     release_what_there_is, a)
           == LOCK_EPENDING);
    release();
    (void)thread_lock_release(&world.lock);
    run_loop(1);
}

static void gives_up_in_time(void)
{
    tell(1);
    if (thread_lock_acquire_for(&world.lock, TIMEOUT) == LOCK_EOK)
        (void)thread_lock_release(&world.lock);
}

static void is_free(void)
{
    expect(atomic_load(&world.lock.word) == 0);
}

/* >>after all have finished */

static long times(enum lock_error e)
{
    long n = 0;
    int i;

    for (i = 0; i < EXPLORE_ACTORS; i++)
        n += world.actor[i].result == e;
    return n;
}

/* No bit is left behind: a stray one would be tomorrow's lost wake-up. */
static void used(long uses)
{
    expect(atomic_load(&world.lock.word) == 0);
    expect(world.uses == uses);
}

static long in_vain(void)
{
    return times(LOCK_ETIMEDOUT) + times(LOCK_EINTR) + times(LOCK_EBUSY)
           + times(LOCK_ESYSTEM);
}

static void two_uses(void)  { used(2); }
static void three_uses(void) { used(3); }
static void four_uses(void) { used(4); }
static void two_uses_or_told(void)   { used(2 - in_vain()); }
static void three_uses_or_told(void) { used(3 - in_vain()); }

static void one_use_and_the_handlers(void)
{
    used(1 + world.actor[0].runs - in_vain());
}

static void two_uses_and_the_handlers(void)
{
    used(2 + world.actor[0].runs - in_vain());
}

/* Each counts what it has cancelled. */
static void two_uses_or_cancelled(void)
{
    used(2 - world.actor[1].runs - in_vain());
}

static void three_uses_or_cancelled(void)
{
    used(3 - world.actor[1].runs - in_vain());
}

static void four_uses_or_cancelled(void)
{
    used(4 - world.actor[1].runs - in_vain());
}

static void one_was_refused(void)
{
    used(1);
    expect(times(LOCK_ENOTLOCKED) == 1);
}

static void three_uses_or_cancelled_once(void)
{
    used(3 - world.actor[1].runs - world.actor[2].runs);
    expect(world.actor[1].runs + world.actor[2].runs <= 1);
}

static void again_if_queued(void)
{
    used(world.actor[0].result == LOCK_EPENDING ? 3 : 2);
}

/* >>the list */

const struct scenario scenarios[] = {
    {"plain_x2", "two threads take turns", {plain, plain}, two_uses, 0, 0},
    {"plain_x3", "three threads take turns", {plain, plain, plain}, three_uses,
     0, 0},
    {"plain_x4", "four threads take turns", {plain, plain, plain, plain},
     four_uses, 0, 1},
    {"woken_in_vain", "a waiter that is overtaken gets it in the end",
     {plain_twice, plain}, three_uses, 0, 0},
    {"woken_in_vain_x2", "so do two",
     {plain_twice, plain, plain}, four_uses, 0, 0},
    {"held_is_held", "it is held and busy whatever waiters do",
     {checks_that_it_holds, timed, tries}, three_uses_or_told, 0, 0},

    {"timed", "a time limit ends in one of two ways", {plain, timed},
     two_uses_or_told, 0, 0},
    {"timed_x2", "a wake-up does not die with one who times out",
     {plain, timed, timed}, three_uses_or_told, 0, 0},
    {"timed_and_plain", "who times out and who does not",
     {plain, timed, plain}, three_uses_or_told, 0, 0},
    {"timed_signals", "a signal does not end a timed acquire",
     {plain, timed_signalled}, two_uses_or_told, 0, 0},
    {"plain_signals", "nor a plain one", {plain, plain_signalled}, two_uses, 0,
     0},
    {"interruptible", "a signal ends a wait, and the queue stays whole",
     {plain, interruptible, plain}, three_uses_or_told, 0, 0},
    {"interruptible_x2", "two are interrupted",
     {plain, interruptible, interruptible_timed}, three_uses_or_told, 0, 1},
    {"interruptible_timed", "a signal and a time limit in one wait",
     {plain, interruptible_timed}, two_uses_or_told, 0, 0},

    {"try", "a try has an answer", {tries, plain, timed}, three_uses_or_told,
     0, 0},
    {"handler", "a handler tries at any moment of an acquire and a release",
     {plain_with_handler, releases_for_handler, plain},
     two_uses_and_the_handlers, 0, 0},
    {"handler_timed", "and of one that times out",
     {timed_with_handler, releases_for_handler, plain},
     two_uses_and_the_handlers, 0, 0},
    {"handler_alone", "and of one that has the lock to itself",
     {plain_with_handler, releases_for_handler}, one_use_and_the_handlers, 0,
     0},

    {"by_another", "any thread releases",
     {acquires_for_another, releases_for_another, plain}, two_uses, 0, 0},
    {"release_x2", "of two releases of one acquire, one is refused",
     {acquires_and_releases_too, releases_too}, one_was_refused, 0, 0},

    {"release_x3", "nor do three releases end two acquires",
     {acquires_and_releases_too, releases_too, acquires_and_releases},
     one_was_refused, 0, 0},

    {"free_x2", "the last of two frees the lock",
     {plain_frees_of_2, plain_frees_of_2}, two_uses, 0, 0},
    {"free_x3", "the last of three frees the lock",
     {plain_frees_of_3, plain_frees_of_3, plain_frees_of_3}, three_uses, 0, 0},
    {"free_interrupted", "so does one who was interrupted",
     {interrupted_frees_of_2, plain_frees_of_2}, two_uses, 0, 0},
    {"free_timed", "so does one whose time was up before",
     {plain_frees_of_2, timed_frees_of_2}, two_uses, 0, 0},
    {"free_async", "so does a continuation, its waiter freed as well",
     {awaits_and_frees, plain_frees_of_2}, two_uses, 0, 0},
    {"free_async_x2", "so do two of them", {awaits_and_frees, awaits_and_frees},
     two_uses, 0, 0},

    {"async", "a continuation and a thread take turns", {awaits, plain},
     two_uses, 0, 0},
    {"async_x2", "two continuations and a thread", {awaits, awaits, plain},
     three_uses, 0, 0},
    {"async_threads", "a continuation and two threads in one queue",
     {awaits, plain, plain}, three_uses, 0, 0},
    {"async_timed", "a continuation, a timed thread and a plain one",
     {awaits, timed, plain}, three_uses_or_told, 0, 0},
    {"async_interruptible", "a continuation, an interrupted thread",
     {awaits, interruptible, plain}, three_uses_or_told, 0, 0},
    {"async_in_fn", "a continuation queues anew in its fn",
     {awaits_again_in_its_fn, plain}, again_if_queued, 0, 0},
    {"async_queued", "a waiter that waits is not queued again",
     {queues_twice, plain}, two_uses, 0, 0},
    {"post_tries", "post finds the lock held",
     {awaits_with_a_try, plain, tries}, three_uses_or_told, 0, 0},

    {"cancel", "fn runs or the cancel says ok", {awaits, cancels, plain},
     two_uses_or_cancelled, 0, 0},
    {"cancel_x2", "of two cancels of one wait, one says ok at most",
     {holds_and_awaits_two, cancels_as_well, cancels_as_well},
     three_uses_or_cancelled_once, 0, 0},
    {"cancel_first", "the first of two is cancelled",
     {holds_and_awaits_two, cancels}, three_uses_or_cancelled, 0, 0},
    {"cancel_second", "the second of two is cancelled",
     {holds_and_awaits_two, cancels_second}, three_uses_or_cancelled, 0, 0},
    {"cancel_both", "both are cancelled, and a thread comes along",
     {holds_and_awaits_two, cancels_both, tries}, four_uses_or_cancelled, 0, 0},
    {"cancel_timed", "cancel, time-out and release at once",
     {awaits, cancels, timed}, two_uses_or_cancelled, 0, 0},
    {"cancel_x4", "and a fourth that waits without a limit",
     {awaits, cancels, timed, plain}, three_uses_or_cancelled, 0, 1},
    {"pick_and_cancel", "who gives up when picked waits for a cancel to finish",
     {picks_a_timed_one_then_cancels, gives_up_in_time}, is_free, 0, 0},
    {"pick_and_release", "and for a second release, which is refused",
     {picks_a_timed_one_then_releases_again, gives_up_in_time}, is_free, 0, 0},

    {"refused", "a thread that cannot wait is told",
     {plain_or_refused, plain_or_refused}, two_uses_or_told, 2, 0},
    {"refused_x3", "and wakes the next",
     {plain_or_refused, plain_or_refused, plain_or_refused},
     three_uses_or_told, 1, 0},
    {NULL, NULL, {NULL}, NULL, 0, 0}
};

void scenario_reset(void)
{
    memset(&world, 0, sizeof world);
}

const char *scenario_place(const void *p)
{
    static const char *const waiters[] = {
        "A's waiter", "B's waiter", "C's waiter", "D's waiter"};
    static const char *const wheres[] = {
        "A's where", "B's where", "C's where", "D's where"};
    int i;

    for (i = 0; i < EXPLORE_ACTORS; i++) {
        if (p == &world.actor[i].waiter)
            return waiters[i];
        if (p == &world.actor[i].waiter.where)
            return wheres[i];
    }
    return p == &world.lock ? "lock" : p == &world.event ? "event" : NULL;
}
