/* The thread lock's suite. A file that includes this has defined SUITE,
   PORT_NAME and STRAY_WAKE(parker), and has its port ask refuse.h. */
#include "refuse.h"
#include "calls.h"
#include "suite.h"
#include "loop.h"

#include <errno.h>
#include <math.h>
#include <sched.h>
#include <signal.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static struct loop loop = LOOP_INIT(loop);

#define LOCK struct thread_lock
#define WAITER struct thread_lock_waiter
#define LOCK_INIT THREAD_LOCK_INIT
#define WAITER_INIT THREAD_LOCK_WAITER_INIT
#define MAKE(l) ((void)((l)->word = 0))
#define ACQUIRE(l, w, fn, arg) \
    thread_lock_acquire_async(l, w, &loop.base, fn, arg)
#define TRY thread_lock_try_acquire
#define RELEASE thread_lock_release
#define LOCKED thread_lock_locked
#define CANCEL thread_lock_cancel
#define RUN() loop_run(&loop)

#include "contract.h"

/* >>looking at the state, so that no test needs to sleep */

/* How many are in the queue of a held lock. */
static unsigned queued(struct thread_lock *l)
{
    uintptr_t mask, word = thread_lock_edit_(l, &mask);
    struct thread_lock_waiter *const first = thread_lock_first_(word), *w;
    unsigned n = 0;

    for (w = first; w != NULL; w = w->next == first ? NULL : w->next)
        n++;
    thread_lock_finish_(l, word, mask);
    return n;
}

static void await_queued(struct thread_lock *l, unsigned n)
{
    while (queued(l) != n)
        sched_yield();
}

static struct thread_lock_sleeper_ *first_sleeper(struct thread_lock *l)
{
    uintptr_t mask, word = thread_lock_edit_(l, &mask);
    struct thread_lock_waiter *w = thread_lock_first_(word);

    thread_lock_finish_(l, word, mask);
    return (struct thread_lock_sleeper_ *)(void *)(
        (char *)w - offsetof(struct thread_lock_sleeper_, waiter));
}

static int64_t monotonic(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

/* >>a thread that acquires once */

struct acquirer {
    struct thread_lock *lock;
    int64_t timeout;
    bool interruptible, releases;
    enum lock_error result;
    atomic_bool done;
    pthread_t thread;
};

static void *acquire_once(void *arg)
{
    struct acquirer *self = arg;

    self->result =
        self->interruptible
            ? thread_lock_acquire_interruptible(self->lock, self->timeout)
        : self->timeout == THREAD_LOCK_FOREVER
            ? thread_lock_acquire(self->lock)
            : thread_lock_acquire_for(self->lock, self->timeout);
    if (self->result == LOCK_EOK && self->releases)
        expect(thread_lock_release(self->lock), LOCK_EOK);
    self->done = true;
    return NULL;
}

static void start(struct acquirer *a)
{
    check(pthread_create(&a->thread, NULL, acquire_once, a) == 0);
}

static enum lock_error finish(struct acquirer *a)
{
    pthread_join(a->thread, NULL);
    return a->result;
}

/* >>waiting */

Test(SUITE, the_port_is_the_one_that_was_asked_for)
{
    check(strcmp(THREAD_LOCK_PORT, PORT_NAME) == 0);
}

Test(SUITE, a_lock_is_one_word)
{
    check(sizeof(struct thread_lock) == sizeof(void *));
}

Test(SUITE, an_acquire_blocks_until_another_thread_releases)
{
    struct thread_lock l = THREAD_LOCK_INIT;
    struct acquirer a = {.lock = &l, .timeout = THREAD_LOCK_FOREVER};

    expect(thread_lock_acquire(&l), LOCK_EOK);
    start(&a);
    await_queued(&l, 1);
    check(!a.done);
    expect(thread_lock_release(&l), LOCK_EOK);
    expect(finish(&a), LOCK_EOK);
    check(thread_lock_locked(&l));
    expect(thread_lock_release(&l), LOCK_EOK);      /* by another than a */
    check(l.word == 0);
}

Test(SUITE, a_time_that_has_passed_tries_once)
{
    static const int64_t passed[] = {0, -1, INT64_MIN};
    struct thread_lock l = THREAD_LOCK_INIT;

    for (int i = 0; i < 3; i++) {
        expect(thread_lock_acquire_for(&l, passed[i]), LOCK_EOK);
        expect(thread_lock_acquire_for(&l, passed[i]), LOCK_ETIMEDOUT);
        expect(thread_lock_acquire_interruptible(&l, passed[i]),
               LOCK_ETIMEDOUT);
        expect(thread_lock_release(&l), LOCK_EOK);
    }
    check(l.word == 0);
}

Test(SUITE, a_limited_wait_lasts_as_long_as_it_says_and_leaves_no_trace)
{
    static const int64_t limit[] = {1, 1000, 20000000};
    struct thread_lock l = THREAD_LOCK_INIT;

    expect(thread_lock_acquire(&l), LOCK_EOK);
    for (int i = 0; i < 3; i++) {
        const int64_t before = monotonic();

        expect(thread_lock_acquire_for(&l, limit[i]), LOCK_ETIMEDOUT);
        check(monotonic() - before >= limit[i]);
        check(queued(&l) == 0);
    }
    expect(thread_lock_release(&l), LOCK_EOK);
    check(l.word == 0);
}

Test(SUITE, the_longest_limits_wait_for_the_release)
{
    static const int64_t limit[] = {INT64_MAX, INT64_MAX - 1, INT64_MAX / 2};

    for (int i = 0; i < 3; i++) {
        struct thread_lock l = THREAD_LOCK_INIT;
        struct acquirer a = {.lock = &l, .timeout = limit[i],
                             .interruptible = true};

        expect(thread_lock_acquire(&l), LOCK_EOK);
        start(&a);
        await_queued(&l, 1);
        expect(thread_lock_release(&l), LOCK_EOK);
        expect(finish(&a), LOCK_EOK);
    }
}

Test(SUITE, acquire_ex_refuses_what_python_refuses)
{
    static const struct {
        bool blocking;
        double timeout;
    } bad[] = {{false, 0}, {false, 1}, {false, -2}, {true, -0.5}, {true, -2},
               {true, 9223372037.0}, {true, 1e300}, {true, -1e300},
               {true, (double)INFINITY}, {true, (double)-INFINITY},
               {true, (double)NAN}, {false, (double)NAN}};
    struct thread_lock l = THREAD_LOCK_INIT;

    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        expect(thread_lock_acquire_ex(&l, bad[i].blocking, bad[i].timeout),
               LOCK_EINVAL);
        check(!thread_lock_locked(&l));
    }
}

Test(SUITE, acquire_ex_does_what_python_does)
{
    struct thread_lock l = THREAD_LOCK_INIT;

    expect(thread_lock_acquire_ex(&l, true, -1), LOCK_EOK);
    expect(thread_lock_acquire_ex(&l, false, -1), LOCK_EBUSY);
    expect(thread_lock_acquire_ex(&l, true, 0), LOCK_ETIMEDOUT);
    expect(thread_lock_acquire_ex(&l, true, -0.0), LOCK_ETIMEDOUT);
    expect(thread_lock_acquire_ex(&l, true, 1e-300), LOCK_ETIMEDOUT);
    expect(thread_lock_acquire_ex(&l, true, 0.001), LOCK_ETIMEDOUT);
    expect(thread_lock_release(&l), LOCK_EOK);
    expect(thread_lock_acquire_ex(&l, false, -1), LOCK_EOK);
    expect(thread_lock_release(&l), LOCK_EOK);
    expect(thread_lock_acquire_ex(&l, true, THREAD_LOCK_TIMEOUT_MAX), LOCK_EOK);
}

Test(SUITE, a_platform_that_refuses_is_told_and_nothing_changes)
{
    struct thread_lock l = THREAD_LOCK_INIT;

    expect(thread_lock_acquire(&l), LOCK_EOK);
    refuse = true;
    expect(thread_lock_acquire(&l), LOCK_ESYSTEM);
    expect(thread_lock_acquire_for(&l, 1000000000), LOCK_ESYSTEM);
    expect(thread_lock_acquire_for(&l, 0), LOCK_ETIMEDOUT);
    check(queued(&l) == 0);
    expect(thread_lock_release(&l), LOCK_EOK);
    expect(thread_lock_acquire(&l), LOCK_EOK);
    refuse = false;
    expect(thread_lock_acquire_for(&l, 1000), LOCK_ETIMEDOUT);
    expect(thread_lock_release(&l), LOCK_EOK);
    check(l.word == 0);
}

/* Whichever single call it is that fails, in whichever thread, the wait ends in
   one way or the other, and the lock is as good as before. */
Test(SUITE, a_single_refusal_loses_nothing)
{
    static const struct acquirer kinds[] = {
        {.timeout = THREAD_LOCK_FOREVER},
        {.timeout = 1000000000},
        {.timeout = 100000},
        {.timeout = THREAD_LOCK_FOREVER, .interruptible = true}};

    for (int kind = 0; kind < 4; kind++)
        for (int n = 1, reached = 1; reached; n++) {
            struct thread_lock l = THREAD_LOCK_INIT;
            struct acquirer a = kinds[kind];

            a.lock = &l;
            a.releases = true;
            expect(thread_lock_acquire(&l), LOCK_EOK);
            refuse_in = n;
            start(&a);
            while (queued(&l) == 0 && !a.done)
                sched_yield();
            expect(thread_lock_release(&l), LOCK_EOK);
            finish(&a);
            reached = refuse_in <= 0;
            refuse_in = 0;
            check(a.result == LOCK_EOK || a.result == LOCK_ESYSTEM
                  || a.result == LOCK_ETIMEDOUT);
            check(l.word == 0);
            expect(thread_lock_acquire_for(&l, 1000), LOCK_EOK);
            expect(thread_lock_acquire_for(&l, 1000), LOCK_ETIMEDOUT);
        }
}

Test(SUITE, errno_is_left_alone)
{
    struct thread_lock l = THREAD_LOCK_INIT;
    struct acquirer a = {.lock = &l, .timeout = THREAD_LOCK_FOREVER};

    expect(thread_lock_acquire(&l), LOCK_EOK);
    errno = 4711;
    expect(thread_lock_acquire_for(&l, 1000), LOCK_ETIMEDOUT);
    check(errno == 4711);
    start(&a);
    await_queued(&l, 1);
    errno = 4711;
    expect(thread_lock_release(&l), LOCK_EOK);
    check(errno == 4711);
    expect(finish(&a), LOCK_EOK);
}

Test(SUITE, stray_wake_ups_end_no_wait)
{
    struct thread_lock l = THREAD_LOCK_INIT;
    struct acquirer a = {.lock = &l, .timeout = THREAD_LOCK_FOREVER};

    expect(thread_lock_acquire(&l), LOCK_EOK);
    start(&a);
    await_queued(&l, 1);
    for (int i = 0; i < 1000; i++) {
        STRAY_WAKE(&first_sleeper(&l)->parker);
        sched_yield();
    }
    check(queued(&l) == 1 && !a.done);
    expect(thread_lock_release(&l), LOCK_EOK);
    expect(finish(&a), LOCK_EOK);
}

/* >>many at once */

#define THREADS 8
#define ROUNDS 3000

struct crowd {
    struct thread_lock lock;
    long plain;                 /* guarded by it, and nothing else */
    atomic_long acquired, by_continuation;
};

static void count_and_release(void *arg, enum lock_error result)
{
    struct crowd *c = arg;

    expect(result, LOCK_EOK);
    c->plain++;
    c->by_continuation++;
    expect(thread_lock_release(&c->lock), LOCK_EOK);
}

/* One of those waits, by turns; true if it got the lock for this thread. */
static bool acquire_somehow(struct crowd *c, struct loop *own,
                            struct thread_lock_waiter *w, int kind)
{
    enum lock_error e;

    switch (kind % 5) {
    case 0:
        return thread_lock_acquire(&c->lock) == LOCK_EOK;
    case 1:
        return thread_lock_try_acquire(&c->lock) == LOCK_EOK;
    case 2:
        return thread_lock_acquire_for(&c->lock, kind * 7 % 40000) == LOCK_EOK;
    case 3:
        return thread_lock_acquire_interruptible(&c->lock, 1000000) == LOCK_EOK;
    default:
        e = thread_lock_acquire_async(&c->lock, w, &own->base,
                                      count_and_release, c);
        if (e == LOCK_EPENDING && kind % 2
            && thread_lock_cancel(&c->lock, w) == LOCK_EOK)
            return false;
        if (e != LOCK_EPENDING)
            return e == LOCK_EOK;
        c->acquired++;
        while (loop_run(own) == 0)
            sched_yield();
        return false;
    }
}

static void *acquire_in_all_ways(void *arg)
{
    struct crowd *c = arg;
    struct loop own = LOOP_INIT(own);
    struct thread_lock_waiter w = THREAD_LOCK_WAITER_INIT;

    for (int i = 0; i < ROUNDS || c->by_continuation == 0; i++) {
        if (!acquire_somehow(c, &own, &w, i))
            continue;
        c->plain++;
        c->acquired++;
        if (i % 16 == 0)
            sched_yield();
        expect(thread_lock_release(&c->lock), LOCK_EOK);
    }
    return NULL;
}

Test(SUITE, two_never_hold_at_once_however_they_acquired)
{
    struct crowd c = {.plain = 0};
    pthread_t thread[THREADS];

    for (int i = 0; i < THREADS; i++)
        check(pthread_create(&thread[i], NULL, acquire_in_all_ways, &c) == 0);
    for (int i = 0; i < THREADS; i++)
        pthread_join(thread[i], NULL);
    check(c.plain == c.acquired);
    check(c.lock.word == 0);
}

struct race {
    struct thread_lock lock;
    struct thread_lock_waiter waiter;
    pthread_barrier_t go, done;
    atomic_int refused, cancelled, ran;
    enum lock_error result;
    int rounds;
};

static void note_that_it_ran(void *arg, enum lock_error result)
{
    struct race *r = arg;

    expect(result, LOCK_EOK);
    r->ran++;
}

static void *release_each_round(void *arg)
{
    struct race *r = arg;

    for (int i = 0; i < r->rounds; i++) {
        pthread_barrier_wait(&r->go);
        if (thread_lock_release(&r->lock) == LOCK_ENOTLOCKED)
            r->refused++;
        pthread_barrier_wait(&r->done);
    }
    return NULL;
}

static void *cancel_each_round(void *arg)
{
    struct race *r = arg;

    for (int i = 0; i < r->rounds; i++) {
        pthread_barrier_wait(&r->go);
        if (thread_lock_cancel(&r->lock, &r->waiter) == LOCK_EOK)
            r->cancelled++;
        pthread_barrier_wait(&r->done);
    }
    return NULL;
}

Test(SUITE, of_two_releases_at_once_exactly_one_is_refused)
{
    struct race r = {.rounds = 3000};
    pthread_t a, b;

    pthread_barrier_init(&r.go, NULL, 3);
    pthread_barrier_init(&r.done, NULL, 3);
    check(pthread_create(&a, NULL, release_each_round, &r) == 0);
    check(pthread_create(&b, NULL, release_each_round, &r) == 0);
    for (int i = 0; i < r.rounds; i++) {
        expect(thread_lock_try_acquire(&r.lock), LOCK_EOK);
        pthread_barrier_wait(&r.go);
        pthread_barrier_wait(&r.done);
        check(r.refused == i + 1);
        check(!thread_lock_locked(&r.lock));
    }
    pthread_join(a, NULL);
    pthread_join(b, NULL);
}

Test(SUITE, a_grant_and_a_cancel_at_once_have_one_outcome)
{
    struct race r = {.rounds = 3000};
    pthread_t a, b;

    pthread_barrier_init(&r.go, NULL, 3);
    pthread_barrier_init(&r.done, NULL, 3);
    check(pthread_create(&a, NULL, release_each_round, &r) == 0);
    check(pthread_create(&b, NULL, cancel_each_round, &r) == 0);
    for (int i = 0; i < r.rounds; i++) {
        expect(thread_lock_try_acquire(&r.lock), LOCK_EOK);
        expect(ACQUIRE(&r.lock, &r.waiter, note_that_it_ran, &r),
               LOCK_EPENDING);
        pthread_barrier_wait(&r.go);
        pthread_barrier_wait(&r.done);
        RUN();
        check(r.ran + r.cancelled == i + 1);
        if (thread_lock_locked(&r.lock))
            expect(thread_lock_release(&r.lock), LOCK_EOK);
        check(r.lock.word == 0);
    }
    check(r.refused == 0);
    pthread_join(a, NULL);
    pthread_join(b, NULL);
}

static void *acquire_for_each_round(void *arg)
{
    struct race *r = arg;

    for (;;) {
        pthread_barrier_wait(&r->go);
        if (r->rounds == 0)
            return NULL;
        r->result = thread_lock_acquire_for(&r->lock, 20000);
        pthread_barrier_wait(&r->done);
    }
}

/* A release at the last instant of a limited wait: a waiter that is told of a
   time-out does not own the lock, one that owns it is told so. Each release
   comes a little later than one that was in time, or earlier than one that was
   not, and so they stay close to that instant. */
Test(SUITE, a_grant_and_a_time_out_at_once_have_one_outcome)
{
    const int64_t end = monotonic() + 1000000000;
    struct race r = {.rounds = 1};
    int granted = 0, timed_out = 0;
    int64_t delay = 0;
    pthread_t thread;

    pthread_barrier_init(&r.go, NULL, 2);
    pthread_barrier_init(&r.done, NULL, 2);
    check(pthread_create(&thread, NULL, acquire_for_each_round, &r) == 0);
    while (granted == 0 || timed_out == 0
           || (granted + timed_out < 2000 && monotonic() < end)) {
        expect(thread_lock_try_acquire(&r.lock), LOCK_EOK);
        pthread_barrier_wait(&r.go);
        for (int64_t t = monotonic() + delay; monotonic() < t;)
            continue;
        expect(thread_lock_release(&r.lock), LOCK_EOK);
        pthread_barrier_wait(&r.done);
        if (r.result == LOCK_EOK) {
            granted++;
            delay += delay / 8 + 500;
            expect(thread_lock_release(&r.lock), LOCK_EOK);
        } else {
            expect(r.result, LOCK_ETIMEDOUT);
            timed_out++;
            delay -= delay / 8 + 500;
        }
        check(r.lock.word == 0);
    }
    r.rounds = 0;
    pthread_barrier_wait(&r.go);
    pthread_join(thread, NULL);
}

static void *acquire_release_unmap(void *arg)
{
    struct thread_lock *l = arg;

    expect(thread_lock_acquire(l), LOCK_EOK);
    expect(thread_lock_release(l), LOCK_EOK);
    check(munmap(l, 4096) == 0);
    return NULL;
}

Test(SUITE, who_is_let_in_by_a_release_may_free_the_lock_at_once)
{
    for (int i = 0; i < 2000; i++) {
        struct thread_lock *l = mmap(NULL, 4096, PROT_READ | PROT_WRITE,
                                     MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
        pthread_t thread;

        check(l != MAP_FAILED);
        expect(thread_lock_acquire(l), LOCK_EOK);
        check(pthread_create(&thread, NULL, acquire_release_unmap, l) == 0);
        if (i % 2)
            await_queued(l, 1);
        expect(thread_lock_release(l), LOCK_EOK);
        pthread_join(thread, NULL);
    }
}

#ifndef THREAD_LOCK_PORT_CUSTOM
/* The editor may have a lower priority than whoever waits for it to finish. */
Test(SUITE, who_finds_the_queue_edited_for_long_sleeps_between_its_looks)
{
    const int64_t before = monotonic();

    errno = 4711;
    thread_lock_port_pause(100);
    check(errno == 4711);
    check(monotonic() - before >= 50000);
}
#endif

/* >>fairness */

/* The holder is faster than a thread that wakes up, but only once. */
Test(SUITE, a_thread_woken_in_vain_is_handed_the_lock_by_the_next_release)
{
    int in_vain = 0;

    while (in_vain < 20) {
        struct thread_lock l = THREAD_LOCK_INIT;
        struct acquirer a = {.lock = &l, .timeout = THREAD_LOCK_FOREVER};

        expect(thread_lock_acquire(&l), LOCK_EOK);
        start(&a);
        await_queued(&l, 1);
        expect(thread_lock_release(&l), LOCK_EOK);
        if (thread_lock_try_acquire(&l) == LOCK_EOK) {
            in_vain++;
            await_queued(&l, 1);
            expect(thread_lock_release(&l), LOCK_EOK);
            expect(thread_lock_try_acquire(&l), LOCK_EBUSY);
        }
        expect(finish(&a), LOCK_EOK);
        expect(thread_lock_release(&l), LOCK_EOK);
    }
}

struct hog {
    struct thread_lock lock;
    atomic_bool stop;
    atomic_long rounds;
};

static void *release_and_acquire_at_once(void *arg)
{
    struct hog *h = arg;

    while (!h->stop) {
        expect(thread_lock_acquire(&h->lock), LOCK_EOK);
        for (int64_t end = monotonic() + 20000; monotonic() < end;)
            continue;
        h->rounds++;
        expect(thread_lock_release(&h->lock), LOCK_EOK);
    }
    return NULL;
}

Test(SUITE, a_hog_shuts_nobody_out)
{
    struct hog h = {.rounds = 0};
    int64_t longest = 0;
    pthread_t thread;

    check(pthread_create(&thread, NULL, release_and_acquire_at_once, &h) == 0);
    for (int i = 0; i < 50; i++) {
        const long rounds = h.rounds;
        int64_t before;

        while (h.rounds == rounds)      /* it is at it */
            sched_yield();
        before = monotonic();
        expect(thread_lock_acquire(&h.lock), LOCK_EOK);
        if (monotonic() - before > longest)
            longest = monotonic() - before;
        expect(thread_lock_release(&h.lock), LOCK_EOK);
    }
    h.stop = true;
    pthread_join(thread, NULL);
    printf("# longest wait %lld us\n", (long long)longest / 1000);
    check(longest < 1000000000);    /* coarse: the machine may be busy */
}

static void note_and_release(struct client *self)
{
    release_it(self);
}

static struct scene *queue_scene;

static void *acquire_and_note(void *arg)
{
    const char name[] = {*(const char *)arg, '\0'};

    expect(thread_lock_acquire(&queue_scene->lock), LOCK_EOK);
    strcat(served, name);
    expect(thread_lock_release(&queue_scene->lock), LOCK_EOK);
    return NULL;
}

Test(SUITE, threads_and_continuations_wait_in_one_queue)
{
    struct scene s;
    pthread_t x, y;

    make_scene(&s, 1);
    s.client[0].next = s.client[1].next = note_and_release;
    queue_scene = &s;
    check(pthread_create(&x, NULL, acquire_and_note, "x") == 0);
    await_queued(&s.lock, 2);
    expect(queue(&s.lock, &s.client[1]), LOCK_EPENDING);
    check(pthread_create(&y, NULL, acquire_and_note, "y") == 0);
    await_queued(&s.lock, 4);
    expect(thread_lock_release(&s.lock), LOCK_EOK);
    RUN();
    pthread_join(x, NULL);
    RUN();
    pthread_join(y, NULL);
    expect_served("axby");
    check(s.lock.word == 0);
}

/* >>continuations */

Test(SUITE, a_null_loop_is_refused_also_where_the_lock_is_free)
{
    struct thread_lock l = THREAD_LOCK_INIT;
    struct thread_lock_waiter w = THREAD_LOCK_WAITER_INIT;

    expect(thread_lock_acquire_async(&l, &w, NULL, serve, NULL), LOCK_EINVAL);
    check(!thread_lock_locked(&l));
    expect(thread_lock_acquire(&l), LOCK_EOK);
    expect(thread_lock_acquire_async(&l, &w, NULL, serve, NULL), LOCK_EINVAL);
    check(queued(&l) == 0);
}

Test(SUITE, once_the_lock_is_handed_over_a_cancel_is_too_late)
{
    struct scene s;

    make_scene(&s, 1);
    expect(thread_lock_release(&s.lock), LOCK_EOK);
    expect(CANCEL(&s.lock, &s.client[0].waiter), LOCK_ENOTWAITING);
    check(LOCKED(&s.lock));
    RUN();
    expect_served("a");
}

Test(SUITE, a_hand_over_is_one_post_before_release_returns)
{
    const unsigned before = loop.posted;
    struct scene s;

    make_scene(&s, 2);
    expect(thread_lock_release(&s.lock), LOCK_EOK);
    check(loop.posted == before + 1);
    expect_served("");
    RUN();
    check(loop.posted == before + 2);
}

struct busy_loop {
    struct lock_loop base;
    struct thread_lock *lock;
    struct lock_job *job;
};

static void post_and_use_the_lock(struct lock_loop *base, struct lock_job *job)
{
    struct busy_loop *self = (struct busy_loop *)(void *)base;
    struct thread_lock_waiter w = THREAD_LOCK_WAITER_INIT;

    self->job = job;
    expect(thread_lock_try_acquire(self->lock), LOCK_EBUSY);
    expect(ACQUIRE(self->lock, &w, serve, NULL), LOCK_EPENDING);
    expect(thread_lock_cancel(self->lock, &w), LOCK_EOK);
}

Test(SUITE, post_may_use_the_lock)
{
    struct scene s;
    struct busy_loop busy = {.base = {post_and_use_the_lock}};

    make_scene(&s, 0);
    busy.lock = &s.lock;
    expect(thread_lock_acquire_async(&s.lock, &s.client[0].waiter, &busy.base,
                                     serve, &s.client[0]), LOCK_EPENDING);
    expect(thread_lock_release(&s.lock), LOCK_EOK);
    busy.job->run(busy.job);
    expect_served("a");
    check(s.lock.word == 0);
}

/* >>signals */

static atomic_long handled;

static void count_signal(int number)
{
    (void)number;
    handled++;
}

static void handle_signals(int flags, void (*handler)(int))
{
    struct sigaction action;

    memset(&action, 0, sizeof action);
    action.sa_handler = handler;
    action.sa_flags = flags;
    check(sigaction(SIGUSR1, &action, NULL) == 0);
}

/* A signal that arrives just before the sleep begins wakes no one, so there is
   always another. */
static void storm(struct acquirer *a)
{
    while (!a->done) {
        check(pthread_kill(a->thread, SIGUSR1) == 0);
        sched_yield();
    }
}

#if THREAD_LOCK_HAS_EINTR
Test(SUITE, a_signal_ends_an_interruptible_wait_and_nothing_else)
{
    static const int flags[] = {0, SA_RESTART};

    for (int i = 0; i < 2; i++) {
        struct thread_lock l = THREAD_LOCK_INIT;
        struct acquirer patient = {.lock = &l, .timeout = THREAD_LOCK_FOREVER};
        struct acquirer a = {.lock = &l, .timeout = THREAD_LOCK_FOREVER,
                             .interruptible = true};

        handle_signals(flags[i], count_signal);
        expect(thread_lock_acquire(&l), LOCK_EOK);
        start(&a);
        start(&patient);
        await_queued(&l, 2);
        storm(&a);
        expect(finish(&a), LOCK_EINTR);
        check(thread_lock_locked(&l));
        check(queued(&l) == 1);
        expect(thread_lock_release(&l), LOCK_EOK);
        expect(finish(&patient), LOCK_EOK);
    }
}
#endif

Test(SUITE, other_waits_go_on_when_signals_arrive)
{
    struct thread_lock l = THREAD_LOCK_INIT;
    struct acquirer a = {.lock = &l, .timeout = THREAD_LOCK_FOREVER};
    struct acquirer b = {.lock = &l, .timeout = THREAD_LOCK_FOREVER - 1};

    handle_signals(0, count_signal);
    expect(thread_lock_acquire(&l), LOCK_EOK);
    start(&a);
    start(&b);
    await_queued(&l, 2);
    for (handled = 0; handled < 200;) {
        pthread_kill(a.thread, SIGUSR1);
        pthread_kill(b.thread, SIGUSR1);
        sched_yield();
    }
    check(queued(&l) == 2 && !a.done && !b.done);
    a.releases = b.releases = true;
    expect(thread_lock_release(&l), LOCK_EOK);
    expect(finish(&a), LOCK_EOK);
    expect(finish(&b), LOCK_EOK);
}

Test(SUITE, a_storm_of_signals_does_not_stretch_a_time_limit)
{
    struct thread_lock l = THREAD_LOCK_INIT;
    struct acquirer a = {.lock = &l, .timeout = 50000000};
    int64_t before;

    handle_signals(0, count_signal);
    expect(thread_lock_acquire(&l), LOCK_EOK);
    before = monotonic();
    start(&a);
    storm(&a);
    expect(finish(&a), LOCK_ETIMEDOUT);
    check(monotonic() - before >= 50000000);
    check(monotonic() - before < 2000000000);
    check(queued(&l) == 0);
}

static struct thread_lock tried;
static atomic_bool handler_owns, handler_lost;

static void try_in_handler(int number)
{
    (void)number;
    handled++;
    if (!handler_owns && thread_lock_try_acquire(&tried) == LOCK_EOK)
        handler_owns = true;
    if (handler_owns && !thread_lock_locked(&tried))
        handler_lost = true;
}

static void *acquire_under_fire(void *arg)
{
    struct acquirer *self = arg;

    for (int i = 0; i < 20000 || handled < 100; i++) {
        enum lock_error e = thread_lock_acquire_for(&tried, 100000);

        if (handler_owns) {
            handler_owns = false;
            expect(thread_lock_release(&tried), LOCK_EOK);
        }
        if (e == LOCK_EOK)
            expect(thread_lock_release(&tried), LOCK_EOK);
    }
    self->done = true;
    return NULL;
}

/* What the handler got, the thread that it interrupted releases; a handler that
   waited for that thread would never return. */
Test(SUITE, a_handler_may_try_whatever_it_interrupts)
{
    struct acquirer a = {.lock = &tried};

    handle_signals(SA_RESTART, try_in_handler);
    check(pthread_create(&a.thread, NULL, acquire_under_fire, &a) == 0);
    storm(&a);
    pthread_join(a.thread, NULL);
    check(!handler_lost);
}

/* >>processes and threads that end */

Test(SUITE, the_child_of_a_fork_makes_the_lock_free_and_uses_it)
{
    struct thread_lock l = THREAD_LOCK_INIT;
    struct acquirer a = {.lock = &l, .timeout = THREAD_LOCK_FOREVER};
    int status;
    pid_t child;

    expect(thread_lock_acquire(&l), LOCK_EOK);
    start(&a);
    await_queued(&l, 1);
    child = fork();
    check(child >= 0);
    if (child == 0) {
        l = (struct thread_lock)THREAD_LOCK_INIT;
        _exit(thread_lock_acquire(&l) == LOCK_EOK
              && thread_lock_acquire_for(&l, 1000) == LOCK_ETIMEDOUT
              && thread_lock_release(&l) == LOCK_EOK ? 0 : 1);
    }
    check(waitpid(child, &status, 0) == child && status == 0);
    expect(thread_lock_release(&l), LOCK_EOK);
    expect(finish(&a), LOCK_EOK);
}

static pthread_key_t key;

static void acquire_in_destructor(void *lock)
{
    expect(thread_lock_acquire(lock), LOCK_EOK);
    expect(thread_lock_release(lock), LOCK_EOK);
}

static void *end_with_a_destructor(void *lock)
{
    check(pthread_setspecific(key, lock) == 0);
    return NULL;
}

Test(SUITE, a_thread_may_still_wait_while_it_ends)
{
    struct thread_lock l = THREAD_LOCK_INIT;
    pthread_t thread;

    check(pthread_key_create(&key, acquire_in_destructor) == 0);
    expect(thread_lock_acquire(&l), LOCK_EOK);
    check(pthread_create(&thread, NULL, end_with_a_destructor, &l) == 0);
    await_queued(&l, 1);
    expect(thread_lock_release(&l), LOCK_EOK);
    pthread_join(thread, NULL);
    check(l.word == 0);
    pthread_key_delete(key);
}

/* >>THREAD_LOCK_WITH */

static int leave_by_return(struct thread_lock *l)
{
    THREAD_LOCK_WITH(l) {
        check(thread_lock_locked(l));
        return 1;
    }
    return 0;
}

Test(SUITE, with_releases_however_the_block_is_left)
{
    struct thread_lock l = THREAD_LOCK_INIT;
    int n = 0;

    THREAD_LOCK_WITH(&l) {
        check(thread_lock_locked(&l));
        n++;
    }
    check(!thread_lock_locked(&l));
    THREAD_LOCK_WITH(&l)
        break;
    check(!thread_lock_locked(&l));
    THREAD_LOCK_WITH(&l)
        continue;
    check(!thread_lock_locked(&l));
    THREAD_LOCK_WITH(&l)
        goto out;
    n = 100;
out:
    check(!thread_lock_locked(&l));
    check(leave_by_return(&l) == 1);
    check(!thread_lock_locked(&l));
    check(n == 1);
}

Test(SUITE, with_nests_and_stands_under_an_if)
{
    struct thread_lock outer = THREAD_LOCK_INIT, inner = THREAD_LOCK_INIT;
    int n = 0;

    if (thread_lock_locked(&outer))
        THREAD_LOCK_WITH(&outer)
            n += 100;
    else
        THREAD_LOCK_WITH(&outer) THREAD_LOCK_WITH(&inner) {
            check(thread_lock_locked(&outer) && thread_lock_locked(&inner));
            n++;
        }
    check(n == 1);
    check(!thread_lock_locked(&outer) && !thread_lock_locked(&inner));
}

Test(SUITE, with_evaluates_its_argument_once)
{
    struct thread_lock l[2] = {THREAD_LOCK_INIT, THREAD_LOCK_INIT}, *p = l;

    THREAD_LOCK_WITH(p++)
        check(thread_lock_locked(&l[0]) && !thread_lock_locked(&l[1]));
    check(p == l + 1);
}

Test(SUITE, with_skips_the_block_where_the_acquire_fails)
{
    struct thread_lock l = THREAD_LOCK_INIT;

    expect(thread_lock_acquire(&l), LOCK_EOK);
    refuse = true;
    THREAD_LOCK_WITH(&l)
        FAIL("entered without the lock");
    refuse = false;
    check(thread_lock_locked(&l));
}
