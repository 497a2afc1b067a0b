/* async_lock.h - 1.0.0 - Python's asyncio.Lock for a hand-rolled event loop
   SPDX-License-Identifier: 0BSD

   Callbacks instead of coroutines, waiters that you own instead of futures.
   No threads, no atomics, no libc calls, no allocation: it runs on an 8-bit
   micro-controller. Copy this one file; in exactly one C file write

       #define ASYNC_LOCK_IMPLEMENTATION
       #include "async_lock.h"

   and everywhere else only the include.

>>example

       #define ASYNC_LOCK_IMPLEMENTATION
       #include "async_lock.h"
       #include <stdio.h>

       static struct async_lock line;           // zeroed memory is a free lock

       static void send(void *name, enum lock_error result)
       {
           printf("%s sends: %s\n", (char *)name, lock_strerror(result));
           async_lock_release(&line);
       }

       int main(void)
       {
           struct async_lock_waiter b = ASYNC_LOCK_WAITER_INIT;

           if (async_lock_acquire(&line, &b, send, "b") == LOCK_EOK)
               printf("a has the line\n");
           if (async_lock_acquire(&line, &b, send, "b") == LOCK_EPENDING)
               printf("b waits\n");
           async_lock_release(&line);           // without a loop: runs b's send
       }

>>promises

   - First come, first served, without exception: try_acquire does not overtake.
   - Every wait has exactly one outcome: fn(arg, LOCK_EOK) ran holding the lock,
     or cancel said LOCK_EOK, or cancel_all ran fn(arg, LOCK_ECANCELED).
   - Every operation is O(1), except that cancel_all and waiting visit all that
     wait. No recursion: the stack needed does not grow with the waiters.
   - The lock passes from hand to hand without being free in between.
   - A refused call changes nothing.

>>memory

   A waiter is yours, and so is its memory, until acquire says LOCK_EPENDING.
   From then on it is the library's, and must stay where it is, until its fn is
   entered or a cancel says LOCK_EOK. Zero it once, before its first use.

   Who finds the lock unlocked may free it, inside an fn too. Who closes a loop
   cancels what waits before, and lets the loop run what was posted.

>>limits

   One thread, or one interrupt level: an interrupt handler that shares a lock
   with the main program posts a job to the loop instead, or masks. Not
   recursive: an owner that acquires again waits for itself.

   Without a loop, one thing nests: an fn that releases the lock to no one has
   let go of it for good, so what it may then acquire, queue and release again
   runs inside that second release, not after fn has returned.

>>configuration

   ASYNC_LOCK_IMPLEMENTATION   the bodies too, not only the declarations
   ASYNC_LOCK_STATIC           the same, with all of it static in this file
   ASYNC_LOCK_DEBUG            tell who waits too long for whom: see >>debug.
                               Define it in all files or in none              */

#ifndef ASYNC_LOCK_H_INCLUDED
#define ASYNC_LOCK_H_INCLUDED

#define ASYNC_LOCK_VERSION_MAJOR 1
#define ASYNC_LOCK_VERSION_MINOR 0
#define ASYNC_LOCK_VERSION_PATCH 0
#define ASYNC_LOCK_VERSION "1.0.0"

#include <stdbool.h>
#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

/* >>shared block: the same text in lock.h and async_lock.h */
#ifndef LOCK_SHARED_BLOCK_INCLUDED
#define LOCK_SHARED_BLOCK_INCLUDED

enum lock_error {
    LOCK_EOK = 0,     /* done: the lock was acquired, released, unqueued     */
    LOCK_EPENDING,    /* queued: the continuation runs later, holding it     */
    LOCK_EBUSY,       /* held, and this call does not wait                   */
    LOCK_ETIMEDOUT,   /* still held when the time was up                     */
    LOCK_ECANCELED,   /* this wait was cancelled                             */
    LOCK_EINTR,       /* a signal handler ran in this thread while it waited */
    LOCK_ENOTLOCKED,  /* release of a lock that nobody holds                 */
    LOCK_ENOTWAITING, /* cancel of a waiter that is not queued (any more)    */
    LOCK_EINVAL,      /* an argument that makes no sense                     */
    LOCK_ESYSTEM      /* the platform refused what waiting needs             */
};

/* Name a result in a few words, for a log or a failed test. */
static inline const char *lock_strerror(enum lock_error e)
{
    switch (e) {
    case LOCK_EOK:         return "ok";
    case LOCK_EPENDING:    return "pending";
    case LOCK_EBUSY:       return "busy";
    case LOCK_ETIMEDOUT:   return "timed out";
    case LOCK_ECANCELED:   return "cancelled";
    case LOCK_EINTR:       return "interrupted";
    case LOCK_ENOTLOCKED:  return "not locked";
    case LOCK_ENOTWAITING: return "not waiting";
    case LOCK_EINVAL:      return "invalid argument";
    case LOCK_ESYSTEM:     return "refused by the system";
    }
    return "unknown lock error";
}

/* A continuation: what goes on, with arg, when a wait is over. */
typedef void lock_fn(void *arg, enum lock_error result);

/* Something for a loop to run once, in a later turn: run(job). The loop owns
   `next` while the job is posted, and forgets the job before it calls run. */
struct lock_job {
    struct lock_job *next;
    void (*run)(struct lock_job *job);
};

/* An event loop, as a lock sees it. post is asyncio's call_soon: it cannot
   fail, and runs nothing itself. Embed this in your loop. */
struct lock_loop {
    void (*post)(struct lock_loop *loop, struct lock_job *job);
};

#endif
/* <<shared block */

#ifdef ASYNC_LOCK_STATIC
#define ASYNC_LOCK_API_ static inline
#else
#define ASYNC_LOCK_API_ extern
#endif

/* Files of a debug and of a normal build do not link. */
#ifdef ASYNC_LOCK_DEBUG
#define async_lock_queue_ async_lock_debug_queue_
#define async_lock_pass_ async_lock_debug_pass_
#endif

enum async_lock_state_ {
    ASYNC_LOCK_FREE_ = 0,   /* no one holds it, no one waits                 */
    ASYNC_LOCK_HELD_,       /* held, and the first waiter is next            */
    ASYNC_LOCK_LENT_,       /* held by an fn that runs inside a release      */
    ASYNC_LOCK_PASSING_,    /* the job is posted; when it runs, the lock is
                               the first waiter's, or free if none is left   */
    ASYNC_LOCK_LENDING_     /* the same, and posted to a release: see runner */
};

/* A lock: five words. The fields are private. */
struct async_lock {
    struct lock_job job;                  /* the hand-over, while PASSING     */
    struct lock_loop *loop;
    struct async_lock_waiter *first;      /* a ring: first->prev is the last  */
    enum async_lock_state_ state;
#ifdef ASYNC_LOCK_DEBUG
    const char *site;                     /* where it was taken               */
    size_t since, turn;                   /* in which turn, and the present   */
#endif
};

/* One who waits: five words, all private. next is NULL when it is nobody's
   but its owner's; where is the lock that a cancel can still take it from. */
struct async_lock_waiter {
    struct async_lock_waiter *next, *prev;
    struct async_lock *where;
    lock_fn *fn;
    void *arg;
#ifdef ASYNC_LOCK_DEBUG
    const char *site;
    size_t since;
#endif
};

#ifdef __cplusplus
#define ASYNC_LOCK_INIT {}
#define ASYNC_LOCK_WAITER_INIT {}
#else
#define ASYNC_LOCK_INIT {0}
#define ASYNC_LOCK_WAITER_INIT {0}
#endif

/* Make *l a free lock whose continuations run on `loop`. NULL loop, or zeroed
   memory: they run inside release, one after another. (asyncio.Lock) */
ASYNC_LOCK_API_ void async_lock_init(struct async_lock *l,
                                     struct lock_loop *loop);

/* Acquire, now or later. LOCK_EOK: acquired, fn is not called. LOCK_EPENDING:
   fn(arg, LOCK_EOK) runs exactly once, holding the lock, unless cancelled.
   LOCK_EINVAL: w or fn is NULL, or w waits already. (asyncio.Lock.acquire) */
static inline enum lock_error async_lock_acquire(struct async_lock *l,
                                                 struct async_lock_waiter *w,
                                                 lock_fn *fn, void *arg);

/* Acquire if the lock is free. LOCK_EOK or LOCK_EBUSY. */
static inline enum lock_error async_lock_try_acquire(struct async_lock *l);

/* Pass the lock on to the first waiter, or leave it free. LOCK_EOK;
   LOCK_ENOTLOCKED if it is free or a hand-over is on its way already, which is
   asyncio's RuntimeError. (asyncio.Lock.release) */
static inline enum lock_error async_lock_release(struct async_lock *l);

/* Whether it is held, or on its way to the next owner. (asyncio.Lock.locked) */
static inline bool async_lock_locked(const struct async_lock *l);

/* Count those that cancel_all would cancel: all that wait, but not whom a
   hand-over is on its way to. */
ASYNC_LOCK_API_ size_t async_lock_waiting(const struct async_lock *l);

/* Give up a wait (asyncio's task.cancel). LOCK_EOK: fn never runs, *w is yours,
   and a lock that was on its way to w goes to the next. LOCK_ENOTWAITING: w
   does not wait for l: fn has been entered, or cancel_all is about to. */
ASYNC_LOCK_API_ enum lock_error async_lock_cancel(struct async_lock *l,
                                                  struct async_lock_waiter *w);

/* Cancel all that wait, but not a hand-over on its way: unqueue them, then run
   each fn(arg, LOCK_ECANCELED) in order, and return how many. An fn may queue
   anew; that waits for the next release as usual. */
ASYNC_LOCK_API_ size_t async_lock_cancel_all(struct async_lock *l);

/* >>inline */

ASYNC_LOCK_API_ enum lock_error async_lock_queue_(struct async_lock *l,
                                                  struct async_lock_waiter *w,
                                                  lock_fn *fn, void *arg);
ASYNC_LOCK_API_ enum lock_error async_lock_pass_(struct async_lock *l);

static inline enum lock_error async_lock_try_acquire(struct async_lock *l)
{
    if (l->state != ASYNC_LOCK_FREE_)
        return LOCK_EBUSY;
    l->state = ASYNC_LOCK_HELD_;
    return LOCK_EOK;
}

static inline enum lock_error async_lock_acquire(struct async_lock *l,
                                                 struct async_lock_waiter *w,
                                                 lock_fn *fn, void *arg)
{
    if (w == NULL || fn == NULL || w->next != NULL)
        return LOCK_EINVAL;
    if (async_lock_try_acquire(l) == LOCK_EOK)
        return LOCK_EOK;
    return async_lock_queue_(l, w, fn, arg);
}

static inline enum lock_error async_lock_release(struct async_lock *l)
{
    if (l->state != ASYNC_LOCK_HELD_ || l->first != NULL)
        return async_lock_pass_(l);
    l->state = ASYNC_LOCK_FREE_;
    return LOCK_EOK;
}

static inline bool async_lock_locked(const struct async_lock *l)
{
    return l->state != ASYNC_LOCK_FREE_;
}

/* >>task: async with

   Instead of a continuation for each step, one function that goes on where it
   left off. It is its own continuation, and its first call starts it:

       static void client(void *arg, enum lock_error result)
       {
           struct client *c = arg;

           ASYNC_LOCK_TASK(&c->task, client, c, result) {
               ASYNC_LOCK_WITH(&line) {
                   write_request(c);
                   ASYNC_LOCK_AWAIT(read_reply(c, client));
                   puts(c->reply);
               }
           }
       }

   Only these macros wait: do not return from within. A break leaves the block,
   or the loop in it, that it stands in, and no other. What must outlast a wait
   belongs into the struct: local variables do not. At most one wait to a line,
   none in a switch of yours, and braces around one in an if. Nobody calls fn
   but who starts it, and what it waits for. */

/* A task: zero it before its first start. `result` is what its last wait came
   to; the rest is private, but to give up a wait for l:

       if (async_lock_cancel(l, &t->waiter) == LOCK_EOK)
           fn(arg, LOCK_ECANCELED); */
struct async_lock_task {
    struct async_lock_waiter waiter;
    enum lock_error result;
    int at;                 /* the line of the last wait; 0: not started */
};

/* ASYNC_LOCK_TASK(t, fn, arg, result) { ... }: the body of fn(arg, result), to
   be gone on with where t waited last. (async def) */
#define ASYNC_LOCK_TASK(t, fn, arg, result)                                 \
    for (struct async_lock_task *async_lock_task_ =                         \
             async_lock_resume_(t, fn, arg, result);                        \
         async_lock_task_ != NULL;                                          \
         async_lock_task_->at = 0, async_lock_task_ = NULL)                 \
        switch (async_lock_task_->at)                                       \
        case 0:

/* ASYNC_LOCK_WITH(l) { ... }: wait for l, hold it for the block and all that is
   awaited there, and release it where the block ends or breaks. Skips the block
   where the wait did not come to LOCK_EOK. Evaluates l again at the end, when
   it must still be the same lock. (async with) */
#define ASYNC_LOCK_WITH(l)                                                  \
    for (async_lock_task_->at = 0; async_lock_task_->at >= 0;)              \
        if (async_lock_task_->at == 0) {                                    \
            async_lock_task_->at = __LINE__;                                \
            async_lock_task_->result = async_lock_acquire(                  \
                l, &async_lock_task_->waiter, async_lock_task_->waiter.fn,  \
                async_lock_task_->waiter.arg);                              \
            if (async_lock_task_->result == LOCK_EPENDING) {                \
                return;                                                     \
        case __LINE__:;                                                     \
            }                                                               \
            async_lock_task_->at =                                          \
                async_lock_task_->result == LOCK_EOK ? 1 : -1;              \
        } else                                                              \
            for (; async_lock_task_->at > 0;                                \
                 async_lock_task_->at = -1, async_lock_release(l))          \
                for (; async_lock_task_->at > 0; async_lock_task_->at = -1)

/* ASYNC_LOCK_AWAIT(start): do what will call fn(arg, result) later, and wait
   for that. It may call it at once, though that nests. (await) */
#define ASYNC_LOCK_AWAIT(...)                                               \
    do {                                                                    \
        async_lock_task_->at = __LINE__;                                    \
        __VA_ARGS__;                                                        \
        return;                                                             \
    case __LINE__:;                                                         \
    } while (0)

static inline struct async_lock_task *
async_lock_resume_(struct async_lock_task *t, lock_fn *fn, void *arg,
                   enum lock_error result)
{
    t->waiter.fn = fn;
    t->waiter.arg = arg;
    t->result = result;
    return t;
}

/* >>debug

   With ASYNC_LOCK_DEBUG a lock knows where it was taken, and a waiter where it
   began to wait. Time is counted in turns of the loop, which calls
   async_lock_debug_turn in each: when the first that waits has waited for
   ASYNC_LOCK_DEBUG_TURNS, and again after as many, that calls
   ASYNC_LOCK_DEBUG_HOOK(report). Define these two before the implementation, if
   1000 (1 is the least) and a line on stderr will not do. */

#ifdef ASYNC_LOCK_DEBUG

/* What the hook is told, in sites ("file.c:12"; NULL if unknown) and turns. */
struct async_lock_report {
    const struct async_lock *lock;
    const char *waiter, *holder;    /* while the lock is on its way: to whom */
    size_t waited, held;
    size_t waiting;                 /* how many wait */
};

/* Count a turn of l's loop, and report who has waited for too many. */
ASYNC_LOCK_API_ void async_lock_debug_turn(struct async_lock *l);

#define ASYNC_LOCK_HERE_ __FILE__ ":" ASYNC_LOCK_STRING_(__LINE__)
#define ASYNC_LOCK_STRING_(line) ASYNC_LOCK_STRING2_(line)
#define ASYNC_LOCK_STRING2_(line) #line

static inline void async_lock_note_(struct async_lock *l, const char *site)
{
    l->site = site;
    l->since = l->turn;
}

static inline enum lock_error async_lock_try_acquire_at_(struct async_lock *l,
                                                         const char *site)
{
    const enum lock_error e = async_lock_try_acquire(l);

    if (e == LOCK_EOK)
        async_lock_note_(l, site);
    return e;
}

static inline enum lock_error
async_lock_acquire_at_(struct async_lock *l, struct async_lock_waiter *w,
                       lock_fn *fn, void *arg, const char *site)
{
    const enum lock_error e = async_lock_acquire(l, w, fn, arg);

    if (e == LOCK_EOK)
        async_lock_note_(l, site);
    if (e == LOCK_EPENDING) {
        w->site = site;
        w->since = l->turn;
    }
    return e;
}

#define async_lock_try_acquire(l) \
    async_lock_try_acquire_at_(l, ASYNC_LOCK_HERE_)
#define async_lock_acquire(l, w, fn, arg) \
    async_lock_acquire_at_(l, w, fn, arg, ASYNC_LOCK_HERE_)

#else
#define async_lock_note_(l, site) ((void)0)
#endif /* ASYNC_LOCK_DEBUG */

#ifdef __cplusplus
}
#endif

#endif /* ASYNC_LOCK_H_INCLUDED */

#if defined ASYNC_LOCK_IMPLEMENTATION || defined ASYNC_LOCK_STATIC
#ifndef ASYNC_LOCK_IMPLEMENTATION_INCLUDED
#define ASYNC_LOCK_IMPLEMENTATION_INCLUDED

#ifdef ASYNC_LOCK_STATIC
#define ASYNC_LOCK_DEF_ static inline
#else
#define ASYNC_LOCK_DEF_
#endif

#ifdef ASYNC_LOCK_DEBUG
#ifndef ASYNC_LOCK_DEBUG_HOOK
#include <stdio.h>
#endif
#endif

#ifdef __cplusplus
extern "C" {
#endif

/* >>queue */

/* Append w. Its memory is the library's from here on. */
ASYNC_LOCK_DEF_ enum lock_error async_lock_queue_(struct async_lock *l,
                                                  struct async_lock_waiter *w,
                                                  lock_fn *fn, void *arg)
{
    struct async_lock_waiter *first = l->first;

    if (first == NULL) {
        l->first = w->next = w->prev = w;
    } else {
        w->next = first;
        w->prev = first->prev;
        first->prev->next = w;
        first->prev = w;
    }
    w->where = l;
    w->fn = fn;
    w->arg = arg;
    return LOCK_EPENDING;
}

/* Take w out. Its memory is its owner's from here on. */
static void async_lock_unqueue_(struct async_lock *l,
                                struct async_lock_waiter *w)
{
    if (l->first == w)
        l->first = w->next == w ? NULL : w->next;
    w->prev->next = w->next;
    w->next->prev = w->prev;
    w->next = NULL;
    w->where = NULL;
}

/* The first of those that wait. While the lock is passing, the first in the
   ring no longer waits: it owns the lock, and only has not heard of it. */
static struct async_lock_waiter *
async_lock_first_waiting_(const struct async_lock *l)
{
    struct async_lock_waiter *w = l->first;

    if (w == NULL || l->state < ASYNC_LOCK_PASSING_)
        return w;
    return w->next == w ? NULL : w->next;
}

/* >>hand-over

   At most one is under way at a time, so its job is the lock's, not the
   waiter's, and whom it is for is settled only when it runs: the first in the
   ring. A cancel, which cannot take a job back from the loop, just unqueues. */

/* What a lock without a loop has for one while continuations run: the release
   that runs them, on whose stack this is, and which l->loop then leads to. It
   holds one job at the most. */
struct async_lock_runner_ {
    struct lock_loop loop;
    struct lock_job *job;
    bool let_go;            /* an fn has released the lock to no one */
};

static void async_lock_post_(struct lock_loop *loop, struct lock_job *job)
{
    ((struct async_lock_runner_ *)(void *)loop)->job = job;
}

/* Who finds the lock free may free its memory, so the release that called the
   present fn must know, without a look at *l, that it is no longer there. There
   is a loop or a runner: without either, release alone sets the lock free. */
static void async_lock_free_(struct async_lock *l)
{
    if (l->state == ASYNC_LOCK_LENT_ || l->state == ASYNC_LOCK_LENDING_) {
        ((struct async_lock_runner_ *)(void *)l->loop)->let_go = true;
        l->loop = NULL;
    }
    l->state = ASYNC_LOCK_FREE_;
}

/* The job: make the first waiter the holder, and tell it. */
static void async_lock_run_(struct lock_job *job)
{
    struct async_lock *l = (struct async_lock *)(void *)job;
    struct async_lock_waiter *w = l->first;

    if (w == NULL) {
        async_lock_free_(l);
        return;
    }
    async_lock_unqueue_(l, w);
    async_lock_note_(l, w->site);
    l->state = l->state == ASYNC_LOCK_LENDING_ ? ASYNC_LOCK_LENT_
                                               : ASYNC_LOCK_HELD_;
    w->fn(w->arg, LOCK_EOK);    /* *w and *l may be gone when it returns */
}

/* Run continuations until one keeps the lock, or lets it go. A release inside
   an fn posts to r and returns, so fns run one after another, never nested. */
static void async_lock_run_all_(struct async_lock *l)
{
    struct async_lock_runner_ r;

    r.loop.post = async_lock_post_;
    r.job = &l->job;
    r.let_go = false;
    l->loop = &r.loop;
    while (r.job != NULL) {
        struct lock_job *job = r.job;

        r.job = NULL;
        job->run(job);
    }
    if (r.let_go)
        return;
    l->loop = NULL;
    l->state = ASYNC_LOCK_HELD_;
}

/* A release that is not simply HELD to FREE. */
ASYNC_LOCK_DEF_ enum lock_error async_lock_pass_(struct async_lock *l)
{
    if (l->state == ASYNC_LOCK_FREE_ || l->state >= ASYNC_LOCK_PASSING_)
        return LOCK_ENOTLOCKED;
    if (l->first == NULL) {
        async_lock_free_(l);
        return LOCK_EOK;
    }
    async_lock_note_(l, l->first->site);
    if (l->loop == NULL || l->state == ASYNC_LOCK_LENT_)
        l->state = ASYNC_LOCK_LENDING_;
    else
        l->state = ASYNC_LOCK_PASSING_;
    l->job.run = async_lock_run_;
    if (l->loop != NULL)
        l->loop->post(l->loop, &l->job);
    else
        async_lock_run_all_(l);
    return LOCK_EOK;
}

/* >>the rest of the interface */

ASYNC_LOCK_DEF_ void async_lock_init(struct async_lock *l,
                                     struct lock_loop *loop)
{
    l->job.next = NULL;
    l->job.run = NULL;
    l->loop = loop;
    l->first = NULL;
    l->state = ASYNC_LOCK_FREE_;
#ifdef ASYNC_LOCK_DEBUG
    l->site = NULL;
    l->since = l->turn = 0;
#endif
}

ASYNC_LOCK_DEF_ size_t async_lock_waiting(const struct async_lock *l)
{
    const struct async_lock_waiter *w = async_lock_first_waiting_(l);
    size_t n = 0;

    if (w == NULL)
        return 0;
    do {
        n++;
        w = w->next;
    } while (w != l->first);
    return n;
}

ASYNC_LOCK_DEF_ enum lock_error async_lock_cancel(struct async_lock *l,
                                                  struct async_lock_waiter *w)
{
    if (w == NULL || w->where != l)
        return LOCK_ENOTWAITING;
    async_lock_unqueue_(l, w);
    return LOCK_EOK;
}

ASYNC_LOCK_DEF_ size_t async_lock_cancel_all(struct async_lock *l)
{
    struct async_lock_waiter *const first = async_lock_first_waiting_(l);
    struct async_lock_waiter *w, *next;
    const size_t n = async_lock_waiting(l);
    size_t i;

    /* All leave the ring before any fn runs, for an fn may queue anew, or free
       the lock. They keep their next, and with it stay the library's. */
    w = first;
    for (i = 0; i < n; i++) {
        next = w->next;
        async_lock_unqueue_(l, w);
        w->next = next;
        w = next;
    }
    w = first;
    for (i = 0; i < n; i++) {
        next = w->next;
        w->next = NULL;
        w->fn(w->arg, LOCK_ECANCELED);
        w = next;
    }
    return n;
}

#ifdef ASYNC_LOCK_DEBUG

#ifndef ASYNC_LOCK_DEBUG_TURNS
#define ASYNC_LOCK_DEBUG_TURNS 1000
#endif

#ifndef ASYNC_LOCK_DEBUG_HOOK
#define ASYNC_LOCK_DEBUG_HOOK async_lock_print_

static void async_lock_print_(const struct async_lock_report *r)
{
    fprintf(stderr,
            "async_lock %p: %s has waited for %lu turns, %s has held it for "
            "%lu, %lu wait\n",
            (const void *)r->lock, r->waiter != NULL ? r->waiter : "?",
            (unsigned long)r->waited, r->holder != NULL ? r->holder : "?",
            (unsigned long)r->held, (unsigned long)r->waiting);
}
#endif

ASYNC_LOCK_DEF_ void async_lock_debug_turn(struct async_lock *l)
{
    const struct async_lock_waiter *w = async_lock_first_waiting_(l);
    struct async_lock_report r;

    l->turn++;
    if (w == NULL || (l->turn - w->since) % (ASYNC_LOCK_DEBUG_TURNS) != 0)
        return;
    r.lock = l;
    r.waiter = w->site;
    r.holder = l->site;
    r.waited = l->turn - w->since;
    r.held = l->turn - l->since;
    r.waiting = async_lock_waiting(l);
    ASYNC_LOCK_DEBUG_HOOK(&r);
}

#endif /* ASYNC_LOCK_DEBUG */

#ifdef __cplusplus
}
#endif

#endif /* ASYNC_LOCK_IMPLEMENTATION_INCLUDED */
#endif
