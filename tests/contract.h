/* What every lock of this project promises to continuations, whichever lock it
   is. A file that includes this has defined

       SUITE                    the name that its tests run under
       LOCK, WAITER             the types
       MAKE(l)                  make *l a free lock
       ACQUIRE(l, w, fn, arg), TRY(l), RELEASE(l), LOCKED(l), CANCEL(l, w)
       RUN()                    let the event loop run until it is idle; nothing
                                where continuations run inside release       */
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

/* A client that waits, and notes down when it is served. What it then does is
   up to `next`; without one it keeps the lock. */
struct client {
    WAITER waiter;
    LOCK *lock;
    char name;
    void (*next)(struct client *self);
    unsigned served;
    enum lock_error told;
};

static char served[64];     /* the names, in order */

static void serve(void *arg, enum lock_error result)
{
    struct client *self = arg;
    const size_t n = strlen(served);

    if (n + 1 < sizeof served) {
        served[n] = self->name;
        served[n + 1] = '\0';
    }
    self->served++;
    self->told = result;
    if (self->next != NULL)
        self->next(self);
}

static void release_it(struct client *self)
{
    expect(RELEASE(self->lock), LOCK_EOK);
}

static enum lock_error queue(LOCK *l, struct client *c)
{
    c->lock = l;
    return ACQUIRE(l, &c->waiter, serve, c);
}

#define CLIENT(letter, then) \
    {.waiter = WAITER_INIT, .name = (letter), .next = (then)}

/* A held lock on which a, b, c, d, e wait; each releases when served. */
struct scene {
    LOCK lock;
    struct client client[5];
};

static void make_scene(struct scene *s, unsigned waiting)
{
    static const struct client client = CLIENT('?', release_it);

    served[0] = '\0';
    MAKE(&s->lock);
    expect(TRY(&s->lock), LOCK_EOK);
    for (unsigned i = 0; i < 5; i++) {
        s->client[i] = client;
        s->client[i].name = (char)('a' + i);
        s->client[i].lock = &s->lock;
        if (i < waiting)
            expect(queue(&s->lock, &s->client[i]), LOCK_EPENDING);
    }
}

#define expect_served(names) \
    do { \
        if (strcmp(served, names) != 0) \
            FAIL("served \"%s\", not \"%s\"", served, names); \
    } while (0)

Test(SUITE, every_result_has_a_name_of_its_own)
{
    for (int a = LOCK_EOK; a <= LOCK_ESYSTEM + 1; a++)
        for (int b = LOCK_EOK; b < a; b++)
            check(strcmp(lock_strerror((enum lock_error)a),
                         lock_strerror((enum lock_error)b)) != 0);
    check(strcmp(lock_strerror((enum lock_error)(LOCK_ESYSTEM + 1)),
                 "unknown lock error") == 0);
}

Test(SUITE, zeroed_memory_is_a_free_lock)
{
    LOCK l;

    memset(&l, 0, sizeof l);
    check(!LOCKED(&l));
    expect(TRY(&l), LOCK_EOK);
    check(LOCKED(&l));
}

Test(SUITE, the_initialiser_makes_a_free_lock)
{
    LOCK l = LOCK_INIT;

    check(!LOCKED(&l));
    expect(TRY(&l), LOCK_EOK);
}

Test(SUITE, a_held_lock_is_busy_until_released)
{
    LOCK l;

    MAKE(&l);
    expect(TRY(&l), LOCK_EOK);
    expect(TRY(&l), LOCK_EBUSY);
    expect(RELEASE(&l), LOCK_EOK);
    check(!LOCKED(&l));
    expect(TRY(&l), LOCK_EOK);
}

Test(SUITE, releasing_a_free_lock_is_refused_and_changes_nothing)
{
    LOCK l;

    MAKE(&l);
    expect(RELEASE(&l), LOCK_ENOTLOCKED);
    check(!LOCKED(&l));
    expect(TRY(&l), LOCK_EOK);
    expect(RELEASE(&l), LOCK_EOK);
    expect(RELEASE(&l), LOCK_ENOTLOCKED);
    check(!LOCKED(&l));
}

Test(SUITE, a_free_lock_is_acquired_at_once_and_fn_is_not_called)
{
    struct scene s;

    make_scene(&s, 0);
    expect(RELEASE(&s.lock), LOCK_EOK);
    expect(queue(&s.lock, &s.client[0]), LOCK_EOK);
    check(LOCKED(&s.lock));
    RUN();
    expect_served("");
    expect(CANCEL(&s.lock, &s.client[0].waiter), LOCK_ENOTWAITING);
}

Test(SUITE, fn_runs_once_with_ok_and_holds_the_lock)
{
    struct scene s;

    make_scene(&s, 1);
    s.client[0].next = NULL;
    RUN();
    expect_served("");
    expect(RELEASE(&s.lock), LOCK_EOK);
    RUN();
    expect_served("a");
    expect(s.client[0].told, LOCK_EOK);
    expect(TRY(&s.lock), LOCK_EBUSY);
    expect(RELEASE(&s.lock), LOCK_EOK);
    RUN();
    check(s.client[0].served == 1);
    check(!LOCKED(&s.lock));
}

Test(SUITE, waiters_are_served_in_order)
{
    struct scene s;

    make_scene(&s, 5);
    expect(RELEASE(&s.lock), LOCK_EOK);
    RUN();
    expect_served("abcde");
    check(!LOCKED(&s.lock));
}

Test(SUITE, a_released_lock_belongs_to_its_first_waiter_at_once)
{
    struct scene s;

    make_scene(&s, 2);
    s.client[0].next = NULL;
    expect(RELEASE(&s.lock), LOCK_EOK);
    check(LOCKED(&s.lock));
    expect(TRY(&s.lock), LOCK_EBUSY);       /* a's, heard of or not */
    expect(queue(&s.lock, &s.client[2]), LOCK_EPENDING);
    RUN();
    expect_served("a");
    expect(RELEASE(&s.lock), LOCK_EOK);
    RUN();
    expect_served("abc");
}

Test(SUITE, try_does_not_overtake)
{
    struct scene s;

    make_scene(&s, 1);
    expect(TRY(&s.lock), LOCK_EBUSY);
    expect(RELEASE(&s.lock), LOCK_EOK);
    RUN();
    expect_served("a");
    expect(TRY(&s.lock), LOCK_EOK);
}

Test(SUITE, a_cancelled_wait_never_ends_in_fn)
{
    struct scene s;

    make_scene(&s, 1);
    expect(CANCEL(&s.lock, &s.client[0].waiter), LOCK_EOK);
    expect(RELEASE(&s.lock), LOCK_EOK);
    RUN();
    expect_served("");
    check(!LOCKED(&s.lock));
}

Test(SUITE, a_cancelled_waiter_is_its_owners_again)
{
    struct scene s;

    make_scene(&s, 2);
    expect(CANCEL(&s.lock, &s.client[0].waiter), LOCK_EOK);
    expect(queue(&s.lock, &s.client[0]), LOCK_EPENDING);
    expect(RELEASE(&s.lock), LOCK_EOK);
    RUN();
    expect_served("ba");
}

Test(SUITE, cancelling_the_idle_is_refused_and_changes_nothing)
{
    struct scene s;

    make_scene(&s, 1);
    expect(CANCEL(&s.lock, &s.client[1].waiter), LOCK_ENOTWAITING);
    expect(CANCEL(&s.lock, &s.client[0].waiter), LOCK_EOK);
    expect(CANCEL(&s.lock, &s.client[0].waiter), LOCK_ENOTWAITING);
    expect(CANCEL(&s.lock, NULL), LOCK_ENOTWAITING);
    check(LOCKED(&s.lock));
}

Test(SUITE, cancelling_after_fn_is_too_late)
{
    struct scene s;

    make_scene(&s, 1);
    expect(RELEASE(&s.lock), LOCK_EOK);
    RUN();
    expect_served("a");
    expect(CANCEL(&s.lock, &s.client[0].waiter), LOCK_ENOTWAITING);
    check(!LOCKED(&s.lock));
}

Test(SUITE, cancelling_on_another_lock_is_refused_and_keeps_the_place)
{
    struct scene s;
    LOCK other;

    make_scene(&s, 2);
    MAKE(&other);
    expect(CANCEL(&other, &s.client[0].waiter), LOCK_ENOTWAITING);
    check(!LOCKED(&other));
    expect(RELEASE(&s.lock), LOCK_EOK);
    RUN();
    expect_served("ab");
}

/* Every way to cancel some of five leaves the others in order. */
Test(SUITE, the_others_keep_their_order_whoever_cancels)
{
    for (unsigned gone = 0; gone < 32; gone++) {
        struct scene s;
        char left[6] = {0};

        make_scene(&s, 5);
        for (unsigned i = 0; i < 5; i++)
            if (gone >> i & 1)
                expect(CANCEL(&s.lock, &s.client[i].waiter), LOCK_EOK);
            else
                left[strlen(left)] = (char)('a' + i);
        expect(RELEASE(&s.lock), LOCK_EOK);
        RUN();
        expect_served(left);
        check(!LOCKED(&s.lock));
    }
}

Test(SUITE, after_all_cancelled_the_next_comer_gets_the_lock)
{
    struct scene s;

    make_scene(&s, 5);
    for (unsigned i = 0; i < 5; i++)
        expect(CANCEL(&s.lock, &s.client[i].waiter), LOCK_EOK);
    expect(queue(&s.lock, &s.client[2]), LOCK_EPENDING);
    expect(RELEASE(&s.lock), LOCK_EOK);
    RUN();
    expect_served("c");
    expect(queue(&s.lock, &s.client[3]), LOCK_EOK);
}

static void cancel_b_and_release(struct client *self)
{
    struct scene *s = (struct scene *)(void *)self->lock;

    expect(CANCEL(self->lock, &s->client[1].waiter), LOCK_EOK);
    release_it(self);
}

Test(SUITE, a_waiter_is_cancelled_inside_the_fn_of_another)
{
    struct scene s;

    make_scene(&s, 3);
    s.client[0].next = cancel_b_and_release;
    expect(RELEASE(&s.lock), LOCK_EOK);
    RUN();
    expect_served("ac");
    check(!LOCKED(&s.lock));
}

Test(SUITE, a_waiter_cannot_queue_twice)
{
    struct scene s;
    LOCK free_one, held;

    make_scene(&s, 2);
    MAKE(&free_one);
    MAKE(&held);
    expect(TRY(&held), LOCK_EOK);
    expect(queue(&s.lock, &s.client[0]), LOCK_EINVAL);
    expect(queue(&held, &s.client[0]), LOCK_EINVAL);
    expect(queue(&free_one, &s.client[0]), LOCK_EINVAL);
    check(!LOCKED(&free_one));
    s.client[0].lock = &s.lock;
    expect(RELEASE(&s.lock), LOCK_EOK);
    RUN();
    expect_served("ab");
}

Test(SUITE, a_null_fn_or_waiter_is_refused_also_where_the_lock_is_free)
{
    struct scene s;

    make_scene(&s, 0);
    expect(ACQUIRE(&s.lock, &s.client[0].waiter, NULL, NULL), LOCK_EINVAL);
    expect(ACQUIRE(&s.lock, (WAITER *)NULL, serve, NULL), LOCK_EINVAL);
    expect(RELEASE(&s.lock), LOCK_EOK);
    expect(ACQUIRE(&s.lock, &s.client[0].waiter, NULL, NULL), LOCK_EINVAL);
    expect(ACQUIRE(&s.lock, (WAITER *)NULL, serve, NULL), LOCK_EINVAL);
    check(!LOCKED(&s.lock));
    expect(CANCEL(&s.lock, &s.client[0].waiter), LOCK_ENOTWAITING);
}

static void queue_b_again_and_release(struct client *self)
{
    struct scene *s = (struct scene *)(void *)self->lock;

    release_it(self);
    expect(queue(self->lock, &s->client[1]), LOCK_EINVAL);
}

Test(SUITE, a_waiter_whose_hand_over_is_on_its_way_cannot_queue)
{
    struct scene s;

    make_scene(&s, 2);
    s.client[0].next = queue_b_again_and_release;
    expect(RELEASE(&s.lock), LOCK_EOK);
    RUN();
    expect_served("ab");
    check(!LOCKED(&s.lock));
}

static void queue_again_once(struct client *self)
{
    self->next = release_it;
    expect(queue(self->lock, self), LOCK_EPENDING);
    release_it(self);
}

Test(SUITE, a_waiter_may_queue_again_inside_its_own_fn)
{
    struct scene s;

    make_scene(&s, 3);
    s.client[0].next = queue_again_once;
    expect(RELEASE(&s.lock), LOCK_EOK);
    RUN();
    expect_served("abca");
    check(!LOCKED(&s.lock));
}

Test(SUITE, a_lone_waiter_may_queue_again_inside_its_own_fn)
{
    struct scene s;

    make_scene(&s, 1);
    s.client[0].next = queue_again_once;
    expect(RELEASE(&s.lock), LOCK_EOK);
    RUN();
    expect_served("aa");
    check(!LOCKED(&s.lock));
}

static void release_and_free_itself(struct client *self)
{
    LOCK *l = self->lock;

    memset(self, 0xAA, sizeof *self);
    free(self);
    expect(RELEASE(l), LOCK_EOK);
}

Test(SUITE, a_waiter_may_be_freed_inside_its_own_fn)
{
    LOCK l;

    served[0] = '\0';
    MAKE(&l);
    expect(TRY(&l), LOCK_EOK);
    for (int i = 0; i < 3; i++) {
        static const struct client dying = CLIENT('x', release_and_free_itself);
        struct client *c = malloc(sizeof *c);

        check(c != NULL);
        *c = dying;
        expect(queue(&l, c), LOCK_EPENDING);
    }
    expect(RELEASE(&l), LOCK_EOK);
    RUN();
    expect_served("xxx");
    check(!LOCKED(&l));
}

static void release_and_unmap_the_lock(struct client *self)
{
    release_it(self);
    if (!LOCKED(self->lock))
        check(munmap(self->lock, 4096) == 0);
}

/* In a page of its own, so that the slightest touch afterwards is a crash. */
Test(SUITE, a_continuation_may_release_find_the_lock_free_and_free_it)
{
    for (unsigned waiting = 1; waiting <= 3; waiting++) {
        struct client c[3] = {CLIENT('a', release_and_unmap_the_lock),
                              CLIENT('b', release_and_unmap_the_lock),
                              CLIENT('c', release_and_unmap_the_lock)};
        LOCK *l = mmap(NULL, 4096, PROT_READ | PROT_WRITE,
                       MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

        check(l != MAP_FAILED);
        served[0] = '\0';
        MAKE(l);
        expect(TRY(l), LOCK_EOK);
        for (unsigned i = 0; i < waiting; i++)
            expect(queue(l, &c[i]), LOCK_EPENDING);
        expect(RELEASE(l), LOCK_EOK);
        RUN();
        expect_served(waiting == 1 ? "a" : waiting == 2 ? "ab" : "abc");
    }
}

#define CROWD 1000000

#ifndef PTHREAD_STACK_MIN
#define PTHREAD_STACK_MIN 0     /* winpthreads */
#endif

static unsigned crowd_served, crowd_deep, crowd_deepest;

static void serve_one_of_a_crowd(void *arg, enum lock_error result)
{
    expect(result, LOCK_EOK);
    crowd_served++;
    if (++crowd_deep > crowd_deepest)
        crowd_deepest = crowd_deep;
    expect(RELEASE((LOCK *)arg), LOCK_EOK);
    crowd_deep--;
}

static void *serve_a_crowd(void *waiters)
{
    WAITER *w = waiters;
    LOCK l;

    MAKE(&l);
    expect(TRY(&l), LOCK_EOK);
    for (int i = 0; i < CROWD; i++)
        expect(ACQUIRE(&l, &w[i], serve_one_of_a_crowd, &l), LOCK_EPENDING);
    expect(RELEASE(&l), LOCK_EOK);
    RUN();
    check(!LOCKED(&l));
    return NULL;
}

Test(SUITE, a_million_continuations_that_release_need_a_16_KiB_stack)
{
    const size_t least = (size_t)PTHREAD_STACK_MIN;     /* 128 KiB on some */
    const size_t stack = least < 16384 ? 16384 : least;
    WAITER *w = calloc(CROWD, sizeof *w);
    pthread_attr_t small;
    pthread_t thread;

    check(w != NULL);
    pthread_attr_init(&small);
    check(pthread_attr_setstacksize(&small, stack) == 0);
    check(pthread_create(&thread, &small, serve_a_crowd, w) == 0);
    pthread_join(thread, NULL);
    pthread_attr_destroy(&small);
    check(crowd_served == CROWD);
    check(crowd_deepest == 1);
    free(w);
}
