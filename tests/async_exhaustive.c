/* Every sequence of operations on an async lock up to a length, over four
   waiters, with a loop and without, against a model of a page.

       async_exhaustive [LENGTH]

   An operation is an acquire by one of the waiters, whose fn will do one of
   five things, a cancel, try, release, cancel_all, or a turn of the loop. What
   each call answers and which fn runs, in which order, is one trace; the lock
   and the model must leave the same one. */
#define ASYNC_LOCK_STATIC
#include "async_lock.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define WAITERS 4
#define TRACE 256

struct trace {
    unsigned char event[TRACE];
    int n;
};

static void note(struct trace *t, int what)
{
    if (t->n == TRACE) {
        puts("# a sequence does not come to an end");
        exit(1);
    }
    t->event[t->n++] = (unsigned char)what;
}

/* >>model: a queue of numbers. The first is the new owner while `passing`. */

static struct model {
    bool held, passing, running;
    int queue[WAITERS], n;
    bool told[WAITERS];         /* is about to be, by a cancel_all */
    int act[WAITERS];
    struct trace trace;
} model;

static bool has_loop;

static void model_act(int i);

static int model_find(int i)
{
    int at = 0;

    while (at < model.n && model.queue[at] != i)
        at++;
    return at;
}

static void model_remove(int at)
{
    model.n--;
    memmove(model.queue + at, model.queue + at + 1,
            sizeof *model.queue * (size_t)(model.n - at));
}

static void model_run(void)
{
    const int i = model.queue[0];

    model.passing = false;
    if (model.n == 0) {
        model.held = model.running = false;
        return;
    }
    model_remove(0);
    note(&model.trace, 100 + i);
    model_act(i);
}

static enum lock_error model_try(void)
{
    if (model.held)
        return LOCK_EBUSY;
    model.held = true;
    return LOCK_EOK;
}

static enum lock_error model_acquire(int i, int act)
{
    if (model.told[i] || model_find(i) < model.n)
        return LOCK_EINVAL;
    if (model_try() == LOCK_EOK)
        return LOCK_EOK;
    model.queue[model.n++] = i;
    model.act[i] = act;
    return LOCK_EPENDING;
}

static enum lock_error model_release(void)
{
    if (!model.held || model.passing)
        return LOCK_ENOTLOCKED;
    if (model.n == 0) {
        model.held = model.running = false;
        return LOCK_EOK;
    }
    model.passing = true;
    if (has_loop || model.running)
        return LOCK_EOK;
    for (model.running = true; model.passing;)
        model_run();
    model.running = false;
    return LOCK_EOK;
}

static enum lock_error model_cancel(int i)
{
    const int at = model_find(i);

    if (at == model.n)
        return LOCK_ENOTWAITING;
    model_remove(at);
    return LOCK_EOK;
}

static int model_waiting(void)
{
    return model.n - (model.passing && model.n > 0);
}

static int model_cancel_all(void)
{
    const int n = model_waiting();
    int gone[WAITERS];

    model.n -= n;
    memcpy(gone, model.queue + model.n, sizeof gone[0] * (size_t)n);
    for (int k = 0; k < n; k++)
        model.told[gone[k]] = true;
    for (int k = 0; k < n; k++) {
        model.told[gone[k]] = false;
        note(&model.trace, 110 + gone[k]);
        model_act(gone[k]);
    }
    return n;
}

/* >>the lock, by the same names */

struct queue {
    struct lock_loop base;
    struct lock_job *job;
};

static struct real {
    struct async_lock lock;
    struct async_lock_waiter waiter[WAITERS];
    int act[WAITERS];
    struct queue loop;
    struct trace trace;
} real;

static void real_post(struct lock_loop *loop, struct lock_job *job)
{
    (void)loop;
    if (real.loop.job != NULL)
        note(&real.trace, 255);     /* one hand-over at a time */
    real.loop.job = job;
}

static void real_act(int i);

static void real_fn(void *arg, enum lock_error result)
{
    const int i = (int)((struct async_lock_waiter *)arg - real.waiter);

    note(&real.trace, (result == LOCK_EOK ? 100 : 110) + i);
    real_act(i);
}

static enum lock_error real_try(void)
{
    return async_lock_try_acquire(&real.lock);
}

static enum lock_error real_acquire(int i, int act)
{
    const enum lock_error e = async_lock_acquire(
        &real.lock, &real.waiter[i], real_fn, &real.waiter[i]);

    if (e == LOCK_EPENDING)
        real.act[i] = act;
    return e;
}

static enum lock_error real_release(void)
{
    return async_lock_release(&real.lock);
}

static enum lock_error real_cancel(int i)
{
    return async_lock_cancel(&real.lock, &real.waiter[i]);
}

static int real_cancel_all(void)
{
    return (int)async_lock_cancel_all(&real.lock);
}

/* >>what an fn does, and the operations, once for both */

#define BOTH(name) \
    static void name##_note(int what) { note(&name.trace, what); } \
    static void name##_act(int i) \
    { \
        const int next = (i + 1) % WAITERS; \
        switch (name.act[i]) { \
        case 0: /* keep it */ \
            return; \
        case 1: \
            name##_note((int)name##_release()); \
            return; \
        case 2: /* and come again */ \
            name##_note((int)name##_release()); \
            name##_note((int)name##_acquire(i, 1)); \
            return; \
        case 3: /* and take back what the next was to get */ \
            name##_note((int)name##_release()); \
            name##_note((int)name##_cancel(next)); \
            return; \
        case 4: /* and begin anew: another waits, and gets it */ \
            name##_note((int)name##_release()); \
            name##_note((int)name##_try()); \
            name##_note((int)name##_acquire(next, 1)); \
            name##_note((int)name##_release()); \
            return; \
        } \
    } \
    static void name##_operation(int op) \
    { \
        if (op < 20) \
            name##_note((int)name##_acquire(op / 5, op % 5)); \
        else if (op < 24) \
            name##_note((int)name##_cancel(op - 20)); \
        else if (op == 24) \
            name##_note((int)name##_try()); \
        else if (op == 25) \
            name##_note((int)name##_release()); \
        else if (op == 26) \
            name##_note(name##_cancel_all()); \
    }

BOTH(model)
BOTH(real)

enum { TURN = 27, OPERATIONS };

static void turn(void)
{
    struct lock_job *job = real.loop.job;

    if (model.passing)
        model_run();
    real.loop.job = NULL;
    if (job != NULL)
        job->run(job);
}

/* >>the search */

static unsigned long long sequences;
static int path[64], depth_wanted;

static void fail(int depth)
{
    printf("# they differ, %s, after:", has_loop ? "with a loop" : "without");
    for (int i = 0; i <= depth; i++)
        printf(" %d", path[i]);
    printf("\n# lock: ");
    for (int i = 0; i < real.trace.n; i++)
        printf(" %d", real.trace.event[i]);
    printf("\n# model:");
    for (int i = 0; i < model.trace.n; i++)
        printf(" %d", model.trace.event[i]);
    puts("\nnot ok - async_exhaustive: the lock and the model agree");
    exit(1);
}

static void search(int depth)
{
    const struct model model_before = model;
    const struct real real_before = real;

    for (int op = 0; op < (has_loop ? OPERATIONS : TURN); op++) {
        path[depth] = op;
        if (depth == 0)
            fprintf(stderr, "\r%d/%d", op, OPERATIONS);
        if (op == TURN) {
            turn();
        } else {
            model_operation(op);
            real_operation(op);
        }
        sequences++;
        if (model.trace.n != real.trace.n
            || memcmp(model.trace.event, real.trace.event,
                      (size_t)model.trace.n) != 0
            || model.held != async_lock_locked(&real.lock)
            || (size_t)model_waiting() != async_lock_waiting(&real.lock))
            fail(depth);
        model.trace.n = real.trace.n = 0;
        if (depth + 1 < depth_wanted)
            search(depth + 1);
        model = model_before;
        real = real_before;
    }
}

int main(int argc, char **argv)
{
    depth_wanted = argc > 1 ? atoi(argv[1]) : 4;
    if (depth_wanted < 1 || depth_wanted > 64) {
        fputs("usage: async_exhaustive [LENGTH, 1 to 64]\n", stderr);
        return 2;
    }
    for (int loop = 0; loop < 2; loop++) {
        has_loop = loop;
        real.loop.base.post = real_post;
        async_lock_init(&real.lock, has_loop ? &real.loop.base : NULL);
        sequences = 0;
        search(0);
        printf("\nok - async_exhaustive: the lock and the model agree %s a loop "
               "(%llu sequences up to length %d)\n",
               has_loop ? "with" : "without", sequences, depth_wanted);
    }
    return 0;
}
