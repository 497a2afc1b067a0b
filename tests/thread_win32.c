/* The thread lock on Windows: the contract, and what of the thread lock's suite
   needs neither signals nor fork, which are not to be had here. */
#define THREAD_LOCK_PORT_WIN32
#define THREAD_LOCK_STATIC
#include "lock.h"

#define alarm(seconds) ((void)0)    /* nor this: who runs it limits its time */
#include "suite.h"
#include "loop.h"

#define SUITE thread_win32
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

static struct loop loop = LOOP_INIT(loop);

#include "contract.h"

/* >>looking at the state, so that no test needs to sleep */

static struct thread_lock_sleeper_ *first_sleeper(struct thread_lock *l)
{
    uintptr_t mask, word = thread_lock_edit_(l, &mask);
    struct thread_lock_waiter *w = thread_lock_first_(word);

    thread_lock_finish_(l, word, mask);
    return w == NULL ? NULL
                     : (struct thread_lock_sleeper_ *)(void *)(
                         (char *)w - offsetof(struct thread_lock_sleeper_,
                                              waiter));
}

static void await_sleeper(struct thread_lock *l)
{
    while (first_sleeper(l) == NULL)
        Sleep(0);
}

/* >>a thread that acquires once */

struct acquirer {
    struct thread_lock *lock;
    int64_t timeout;
    enum lock_error result;
    atomic_bool done;
    HANDLE thread;
};

static DWORD WINAPI acquire_once(void *arg)
{
    struct acquirer *self = arg;

    self->result = self->timeout == THREAD_LOCK_FOREVER
                       ? thread_lock_acquire(self->lock)
                       : thread_lock_acquire_for(self->lock, self->timeout);
    self->done = true;
    return 0;
}

static HANDLE start_thread(LPTHREAD_START_ROUTINE body, void *arg)
{
    HANDLE thread = CreateThread(NULL, 0, body, arg, 0, NULL);

    check(thread != NULL);
    return thread;
}

static void join_thread(HANDLE thread)
{
    check(WaitForSingleObject(thread, INFINITE) == WAIT_OBJECT_0);
    CloseHandle(thread);
}

static void start(struct acquirer *a)
{
    a->thread = start_thread(acquire_once, a);
}

static enum lock_error finish(struct acquirer *a)
{
    join_thread(a->thread);
    return a->result;
}

/* >>waiting */

Test(SUITE, the_port_is_the_one_that_was_asked_for)
{
    check(strcmp(THREAD_LOCK_PORT, "win32") == 0);
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
    await_sleeper(&l);
    check(!a.done);
    expect(thread_lock_release(&l), LOCK_EOK);
    expect(finish(&a), LOCK_EOK);
    check(thread_lock_locked(&l));
    expect(thread_lock_release(&l), LOCK_EOK);
    check(l.word == 0);
}

Test(SUITE, a_limited_wait_lasts_as_long_as_it_says_and_leaves_no_trace)
{
    static const int64_t limit[] = {INT64_MIN, 0, 1, 1000, 20000000};
    struct thread_lock l = THREAD_LOCK_INIT;

    expect(thread_lock_acquire(&l), LOCK_EOK);
    for (int i = 0; i < 5; i++) {
        const int64_t before = thread_lock_port_now();

        expect(thread_lock_acquire_for(&l, limit[i]), LOCK_ETIMEDOUT);
        check(thread_lock_port_now() - before >= limit[i]);
        check(first_sleeper(&l) == NULL);
    }
    expect(thread_lock_release(&l), LOCK_EOK);
    check(l.word == 0);
}

Test(SUITE, the_longest_limits_wait_for_the_release)
{
    static const int64_t limit[] = {INT64_MAX, INT64_MAX - 1, INT64_MAX / 2};

    for (int i = 0; i < 3; i++) {
        struct thread_lock l = THREAD_LOCK_INIT;
        struct acquirer a = {.lock = &l, .timeout = limit[i]};

        expect(thread_lock_acquire(&l), LOCK_EOK);
        start(&a);
        await_sleeper(&l);
        expect(thread_lock_release(&l), LOCK_EOK);
        expect(finish(&a), LOCK_EOK);
    }
}

Test(SUITE, stray_wake_ups_end_no_wait)
{
    struct thread_lock l = THREAD_LOCK_INIT;
    struct acquirer a = {.lock = &l, .timeout = THREAD_LOCK_FOREVER};

    expect(thread_lock_acquire(&l), LOCK_EOK);
    start(&a);
    await_sleeper(&l);
    for (int i = 0; i < 1000; i++) {
        WakeByAddressAll(&first_sleeper(&l)->parker.woken);
        Sleep(0);
    }
    check(first_sleeper(&l) != NULL && !a.done);
    expect(thread_lock_release(&l), LOCK_EOK);
    expect(finish(&a), LOCK_EOK);
}

/* >>many at once */

#define THREADS 8
#define ROUNDS 3000

struct crowd {
    struct thread_lock lock;
    long plain;                 /* guarded by it, and nothing else */
    atomic_long acquired;
};

static enum lock_error acquire_somehow(struct thread_lock *l, int kind)
{
    return kind % 3 == 0   ? thread_lock_acquire(l)
           : kind % 3 == 1 ? thread_lock_acquire_for(l, kind * 7 % 40000)
                           : thread_lock_try_acquire(l);
}

static DWORD WINAPI acquire_in_all_ways(void *arg)
{
    struct crowd *c = arg;

    for (int i = 0; i < ROUNDS; i++) {
        if (acquire_somehow(&c->lock, i) != LOCK_EOK)
            continue;
        c->plain++;
        c->acquired++;
        if (i % 16 == 0)
            Sleep(0);
        expect(thread_lock_release(&c->lock), LOCK_EOK);
    }
    return 0;
}

Test(SUITE, two_never_hold_at_once_however_they_acquired)
{
    struct crowd c = {.plain = 0};
    HANDLE thread[THREADS];

    for (int i = 0; i < THREADS; i++)
        thread[i] = start_thread(acquire_in_all_ways, &c);
    for (int i = 0; i < THREADS; i++)
        join_thread(thread[i]);
    check(c.plain == c.acquired);
    check(c.lock.word == 0);
}

/* A release at the last instant of a limited wait: who is told of a time-out
   does not own the lock, who owns it is told so. */
Test(SUITE, a_grant_and_a_time_out_at_once_have_one_outcome)
{
    int owned = 0;

    for (int i = 0; i < 300; i++) {
        struct thread_lock l = THREAD_LOCK_INIT;
        struct acquirer a = {.lock = &l, .timeout = 1000000};
        const int64_t end = thread_lock_port_now() + 500000 + i * 15000;

        expect(thread_lock_acquire(&l), LOCK_EOK);
        start(&a);
        while (thread_lock_port_now() < end)
            continue;
        expect(thread_lock_release(&l), LOCK_EOK);
        if (finish(&a) == LOCK_EOK) {
            owned++;
            expect(thread_lock_release(&l), LOCK_EOK);
        } else {
            expect(a.result, LOCK_ETIMEDOUT);
        }
        check(l.word == 0);
    }
    printf("# %d of 300 were granted the lock\n", owned);
}

static DWORD WINAPI acquire_release_unmap(void *arg)
{
    struct thread_lock *l = arg;

    expect(thread_lock_acquire(l), LOCK_EOK);
    expect(thread_lock_release(l), LOCK_EOK);
    check(munmap(l, 4096) == 0);
    return 0;
}

Test(SUITE, who_is_let_in_by_a_release_may_free_the_lock_at_once)
{
    for (int i = 0; i < 300; i++) {
        struct thread_lock *l = mmap(NULL, 4096, PROT_READ | PROT_WRITE,
                                     MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
        HANDLE thread;

        check(l != MAP_FAILED);
        expect(thread_lock_acquire(l), LOCK_EOK);
        thread = start_thread(acquire_release_unmap, l);
        if (i % 2)
            await_sleeper(l);
        expect(thread_lock_release(l), LOCK_EOK);
        join_thread(thread);
    }
}

static DWORD WINAPI acquire_and_note(void *scene)
{
    struct scene *s = scene;

    expect(thread_lock_acquire(&s->lock), LOCK_EOK);
    strcat(served, "x");
    expect(thread_lock_release(&s->lock), LOCK_EOK);
    return 0;
}

Test(SUITE, threads_and_continuations_wait_in_one_queue)
{
    struct scene s;
    HANDLE x;

    make_scene(&s, 0);
    x = start_thread(acquire_and_note, &s);
    await_sleeper(&s.lock);
    expect(queue(&s.lock, &s.client[1]), LOCK_EPENDING);
    expect(thread_lock_release(&s.lock), LOCK_EOK);
    join_thread(x);
    RUN();
    expect_served("xb");
    check(s.lock.word == 0);
}
