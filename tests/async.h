/* The async lock's suite, with a LOOP or without. */
#define LOCK struct async_lock
#define WAITER struct async_lock_waiter
#define LOCK_INIT ASYNC_LOCK_INIT
#define WAITER_INIT ASYNC_LOCK_WAITER_INIT
#define MAKE(l) async_lock_init(l, LOOP)
#define ACQUIRE async_lock_acquire
#define TRY async_lock_try_acquire
#define RELEASE async_lock_release
#define LOCKED async_lock_locked
#define CANCEL async_lock_cancel

#include "contract.h"

/* A hand-over is on its way from a release until the fn of the new owner is
   entered: with a loop, until its next turn; without, until the fn returns that
   called release. Inside an fn, both look alike. */
static void inside_fn(struct scene *s, unsigned waiting,
                      void (*body)(struct client *self))
{
    make_scene(s, waiting);
    s->client[0].next = body;
    expect(RELEASE(&s->lock), LOCK_EOK);
    RUN();
}

static struct scene *scene_of(struct client *self)
{
    return (struct scene *)(void *)self->lock;
}

static void second_release(struct client *self)
{
    release_it(self);
    expect(RELEASE(self->lock), LOCK_ENOTLOCKED);
    check(LOCKED(self->lock));
}

Test(SUITE, a_second_release_while_the_lock_passes_is_refused)
{
    struct scene s;

    inside_fn(&s, 2, second_release);
    expect_served("ab");
    check(!LOCKED(&s.lock));
}

static void release_and_cancel_b(struct client *self)
{
    release_it(self);
    expect(CANCEL(self->lock, &scene_of(self)->client[1].waiter), LOCK_EOK);
    check(LOCKED(self->lock));
    expect(TRY(self->lock), LOCK_EBUSY);
    expect(RELEASE(self->lock), LOCK_ENOTLOCKED);
}

Test(SUITE, when_the_new_owner_cancels_the_lock_passes_on)
{
    struct scene s;

    inside_fn(&s, 3, release_and_cancel_b);
    expect_served("ac");
    check(!LOCKED(&s.lock));
}

Test(SUITE, when_the_last_new_owner_cancels_the_lock_is_free_a_turn_later)
{
    struct scene s;

    inside_fn(&s, 2, release_and_cancel_b);
    expect_served("a");
    check(!LOCKED(&s.lock));
    expect(TRY(&s.lock), LOCK_EOK);
}

static void release_and_cancel_b_and_queue_c(struct client *self)
{
    release_and_cancel_b(self);
    expect(queue(self->lock, &scene_of(self)->client[2]), LOCK_EPENDING);
}

Test(SUITE, who_queues_while_nobody_is_left_to_hand_over_to_gets_the_lock)
{
    struct scene s;

    inside_fn(&s, 2, release_and_cancel_b_and_queue_c);
    expect_served("ac");
    check(!LOCKED(&s.lock));
}

static void release_and_cancel_everyone(struct client *self)
{
    release_it(self);
    for (unsigned i = 1; i < 5; i++)
        expect(CANCEL(self->lock, &scene_of(self)->client[i].waiter), LOCK_EOK);
}

Test(SUITE, new_owners_cancel_one_after_the_other)
{
    struct scene s;

    inside_fn(&s, 5, release_and_cancel_everyone);
    expect_served("a");
    check(!LOCKED(&s.lock));
}

static void release_and_count(struct client *self)
{
    check(async_lock_waiting(self->lock) == 3);
    release_it(self);
    check(async_lock_waiting(self->lock) == 2);     /* b owns the lock now */
}

static void release_and_count_none(struct client *self)
{
    release_it(self);
    check(async_lock_waiting(self->lock) == 0);
    check(async_lock_cancel_all(self->lock) == 0);
}

Test(SUITE, waiting_counts_who_waits_and_not_who_owns)
{
    struct scene s;

    make_scene(&s, 0);
    check(async_lock_waiting(&s.lock) == 0);
    inside_fn(&s, 4, release_and_count);
    expect_served("abcd");
    inside_fn(&s, 2, release_and_count_none);
    expect_served("ab");
    check(async_lock_waiting(&s.lock) == 0);
}

Test(SUITE, cancel_all_tells_all_in_order_and_leaves_the_lock_held)
{
    struct scene s;

    make_scene(&s, 3);
    for (unsigned i = 0; i < 3; i++)
        s.client[i].next = NULL;
    check(async_lock_cancel_all(&s.lock) == 3);
    expect_served("abc");
    for (unsigned i = 0; i < 3; i++)
        expect(s.client[i].told, LOCK_ECANCELED);
    check(async_lock_cancel_all(&s.lock) == 0);
    check(LOCKED(&s.lock));
    expect(RELEASE(&s.lock), LOCK_EOK);
    RUN();
    expect_served("abc");
    check(!LOCKED(&s.lock));
}

static void cancel_all_in_a_hand_over(struct client *self)
{
    for (unsigned i = 2; i < 5; i++)
        scene_of(self)->client[i].next = NULL;
    release_it(self);
    check(async_lock_cancel_all(self->lock) == 3);
    expect_served("acde");
}

Test(SUITE, cancel_all_spares_the_hand_over_on_its_way)
{
    struct scene s;

    inside_fn(&s, 5, cancel_all_in_a_hand_over);
    expect_served("acdeb");
    expect(s.client[1].told, LOCK_EOK);
    expect(s.client[4].told, LOCK_ECANCELED);
    check(!LOCKED(&s.lock));
}

static void cancel_and_queue_those_to_come(struct client *self)
{
    struct scene *s = scene_of(self);

    for (unsigned i = 1; i < 3; i++) {
        expect(CANCEL(&s->lock, &s->client[i].waiter), LOCK_ENOTWAITING);
        expect(queue(&s->lock, &s->client[i]), LOCK_EINVAL);
        s->client[i].next = NULL;
    }
    check(async_lock_waiting(&s->lock) == 0);
}

Test(SUITE, once_cancel_all_has_begun_a_cancel_is_too_late)
{
    struct scene s;

    make_scene(&s, 3);
    s.client[0].next = cancel_and_queue_those_to_come;
    check(async_lock_cancel_all(&s.lock) == 3);
    expect_served("abc");
}

static void queue_anew(struct client *self)
{
    self->next = release_it;
    expect(self->told, LOCK_ECANCELED);
    expect(queue(self->lock, self), LOCK_EPENDING);
}

Test(SUITE, those_told_by_cancel_all_may_queue_anew)
{
    struct scene s;

    make_scene(&s, 3);
    for (unsigned i = 0; i < 3; i++)
        s.client[i].next = queue_anew;
    check(async_lock_cancel_all(&s.lock) == 3);
    expect_served("abc");
    check(async_lock_waiting(&s.lock) == 3);
    expect(RELEASE(&s.lock), LOCK_EOK);
    RUN();
    expect_served("abcabc");
    check(!LOCKED(&s.lock));
}

Test(SUITE, one_told_by_cancel_all_may_release_and_free_the_lock)
{
    struct client c[2] = {CLIENT('a', release_and_unmap_the_lock),
                          CLIENT('b', NULL)};
    LOCK *l = mmap(NULL, 4096, PROT_READ | PROT_WRITE,
                   MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

    check(l != MAP_FAILED);
    served[0] = '\0';
    MAKE(l);
    expect(TRY(l), LOCK_EOK);
    expect(queue(l, &c[0]), LOCK_EPENDING);
    expect(queue(l, &c[1]), LOCK_EPENDING);
    check(async_lock_cancel_all(l) == 2);
    expect_served("ab");
}

Test(SUITE, an_fn_may_keep_the_lock_for_later)
{
    struct scene s;

    make_scene(&s, 3);
    for (unsigned i = 0; i < 3; i++)
        s.client[i].next = NULL;
    for (unsigned i = 0; i < 3; i++) {
        expect(RELEASE(&s.lock), LOCK_EOK);
        RUN();
        check(strlen(served) == i + 1);
        check(LOCKED(&s.lock));
    }
    expect(RELEASE(&s.lock), LOCK_EOK);
    check(!LOCKED(&s.lock));
}

/* Released to no one, the lock starts afresh, also inside an fn. */
static void release_take_queue_b_and_release(struct client *self)
{
    struct scene *s = scene_of(self);

    release_it(self);
    check(!LOCKED(&s->lock));
    expect(TRY(&s->lock), LOCK_EOK);
    expect(queue(&s->lock, &s->client[1]), LOCK_EPENDING);
    release_it(self);
}

Test(SUITE, an_fn_may_release_acquire_and_release_again)
{
    struct scene s;

    inside_fn(&s, 1, release_take_queue_b_and_release);
    expect_served("ab");
    check(!LOCKED(&s.lock));
    expect(queue(&s.lock, &s.client[2]), LOCK_EOK);
    expect(queue(&s.lock, &s.client[3]), LOCK_EPENDING);
    expect(RELEASE(&s.lock), LOCK_EOK);
    RUN();
    expect_served("abd");
}
