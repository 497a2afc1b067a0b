/* async_lock.h - 1.0.0 - Python's asyncio.Lock for a hand-rolled event loop
   SPDX-License-Identifier: 0BSD

   Callbacks instead of coroutines, and waiters that you own instead of futures.
   No threads, no atomics, no libc calls, no allocation: it runs on an 8-bit
   micro-controller. Copy this one file. In exactly one C or C++ file write

       #define ASYNC_LOCK_IMPLEMENTATION
       #include "async_lock.h"

   and in all others only the include.

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

   - First come, first served, always. try_acquire does not overtake a waiter.
   - Every wait ends in exactly one of three ways: fn(arg, LOCK_EOK) runs as the
     owner, or cancel returns LOCK_EOK, or cancel_all runs
     fn(arg, LOCK_ECANCELED).
   - The lock goes from owner to owner. It is never free in between.
   - Every operation is O(1), except cancel_all and waiting, which visit every
     waiter. There is no recursion: the stack does not grow with the waiters.
   - A refused call changes nothing.

>>memory

   A waiter is yours until acquire returns LOCK_EPENDING. From then on it
   belongs to the library and must stay where it is, until its fn is entered or
   a cancel returns LOCK_EOK. Zero it once, before its first use.

   You may free an unlocked lock, even inside fn. Before you close a loop,
   cancel all waits and let the loop run what was posted.

>>limits

   One thread, or one interrupt level: an interrupt handler that shares a lock
   with the main program posts a job to the loop instead, or masks. Not
   recursive: an owner that acquires again waits for itself.

   Without a loop, one case nests. An fn may release the lock while nobody
   waits, acquire it again, let another waiter queue, and release again. The fn
   of that waiter then runs inside the second release.

>>configuration: the same in all files of a program

   ASYNC_LOCK_IMPLEMENTATION   adds the bodies; in one file only
   ASYNC_LOCK_STATIC           adds the bodies, all of them static in this file
   ASYNC_LOCK_DEBUG            report waits that last too long: see >>debug */

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
    LOCK_EOK = 0,     /* done: the lock was acquired, released, or unqueued  */
    LOCK_EPENDING,    /* queued: the continuation runs later, as the owner   */
    LOCK_EBUSY,       /* the lock is held, and this call does not wait       */
    LOCK_ETIMEDOUT,   /* the lock was still held when the time was up        */
    LOCK_ECANCELED,   /* this wait was cancelled                             */
    LOCK_EINTR,       /* a signal handler ran in this thread while it waited */
    LOCK_ENOTLOCKED,  /* release of a free lock; nothing was changed         */
    LOCK_ENOTWAITING, /* cancel of a waiter that is not in the queue         */
    LOCK_EINVAL,      /* an argument makes no sense; nothing was changed     */
    LOCK_ESYSTEM      /* the system cannot provide what waiting needs        */
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

/* A continuation: the function that continues with arg when a wait is over. */
typedef void lock_fn(void *arg, enum lock_error result);

/* A job that a loop runs once, in a later turn, by run(job). While the job is
   posted, `next` belongs to the loop. The loop takes the job out of its own
   queue before it calls run. */
struct lock_job {
    struct lock_job *next;
    void (*run)(struct lock_job *job);
};

/* An event loop, as a lock sees it. post is asyncio's call_soon: it puts the
   job into the loop's queue and runs nothing itself. post cannot fail, and it
   carries happens-before: what the thread wrote before post, the job sees.
   Embed this struct in your loop. Before you close a loop, cancel all waits,
   and run it until each fn has run that was too late to cancel. */
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

/* A debug build has functions of other names, because its structs are larger:
   files of a debug build and of a normal one do not link. */
#ifdef ASYNC_LOCK_DEBUG
#define async_lock_queue_ async_lock_debug_queue_
#define async_lock_pass_ async_lock_debug_pass_
#define async_lock_cancel async_lock_debug_cancel_
#define async_lock_cancel_all async_lock_debug_cancel_all_
#define async_lock_init async_lock_debug_init_
#define async_lock_waiting async_lock_debug_waiting_
#endif

/* A caller that ignores such a result gets a warning; (void) silences it. */
#if defined __clang__
#define ASYNC_LOCK_MUST_CHECK_ __attribute__((warn_unused_result))
#elif defined __cplusplus && __cplusplus >= 201703L \
    || defined __cplusplus && defined __GNUC__ && __GNUC__ >= 7 \
    || defined __STDC_VERSION__ && __STDC_VERSION__ >= 202311L
#define ASYNC_LOCK_MUST_CHECK_ [[nodiscard]]
#elif defined __GNUC__ && __GNUC__ >= 11 && !defined __cplusplus
#define ASYNC_LOCK_MUST_CHECK_ __extension__ [[nodiscard]]
#else
#define ASYNC_LOCK_MUST_CHECK_
#endif

enum async_lock_state_ {
    ASYNC_LOCK_FREE_ = 0,   /* no owner, no waiter                           */
    ASYNC_LOCK_HELD_,       /* held; the first waiter is the next owner      */
    ASYNC_LOCK_LENT_,       /* held by an fn that runs inside a release      */
    ASYNC_LOCK_PASSING_,    /* the job is posted. When it runs, the first
                               waiter is the owner, or the lock is free      */
    ASYNC_LOCK_LENDING_     /* the same, posted to a release: see runner     */
};

/* A lock: five words, all private. */
struct async_lock {
    struct lock_job job;                  /* the hand-over, while PASSING     */
    struct lock_loop *loop;
    struct async_lock_waiter *first;      /* a ring: first->prev is the last  */
    enum async_lock_state_ state;
#ifdef ASYNC_LOCK_DEBUG
    const char *site;                     /* where it was acquired            */
    size_t since, turn;                   /* in which turn, and the present   */
#endif
};

/* A waiter: five words, all private. `next` is NULL if it belongs to its owner;
   `where` is the lock from which a cancel can still take it. */
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

/* Make *l a free lock whose continuations run on `loop`. If loop is NULL, or *l
   is zeroed memory instead, they run inside release, one after another.
   (asyncio.Lock) */
ASYNC_LOCK_API_ void async_lock_init(struct async_lock *l,
                                     struct lock_loop *loop);

/* Acquire the lock now or later. Returns LOCK_EOK if it was acquired now; fn is
   then not called. Returns LOCK_EPENDING if w was queued: fn(arg, LOCK_EOK)
   runs exactly once, as the owner, unless w is cancelled. Returns LOCK_EINVAL
   if w or fn is NULL, or if w waits already. (asyncio.Lock.acquire) */
ASYNC_LOCK_MUST_CHECK_
static inline enum lock_error async_lock_acquire(struct async_lock *l,
                                                 struct async_lock_waiter *w,
                                                 lock_fn *fn, void *arg);

/* Acquire the lock if it is free. Returns LOCK_EOK or LOCK_EBUSY. */
ASYNC_LOCK_MUST_CHECK_
static inline enum lock_error async_lock_try_acquire(struct async_lock *l);

/* Hand the lock to the first waiter, or set it free. Returns LOCK_EOK, or
   LOCK_ENOTLOCKED if the lock is free or a hand-over is on its way already
   (asyncio's RuntimeError). (asyncio.Lock.release) */
static inline enum lock_error async_lock_release(struct async_lock *l);

/* Tell whether the lock is held, or on its way to the next owner.
   (asyncio.Lock.locked) */
static inline bool async_lock_locked(const struct async_lock *l);

/* Count the waiters that cancel_all would cancel: all, except one to which the
   lock is on its way. */
ASYNC_LOCK_API_ size_t async_lock_waiting(const struct async_lock *l);

/* Cancel a wait. Returns LOCK_EOK if fn will never run; *w is yours again. If
   the lock was on its way to w, it goes to the next waiter. Returns
   LOCK_ENOTWAITING if w does not wait for l: fn was entered, or cancel_all is
   about to call it. (asyncio's task.cancel) */
ASYNC_LOCK_MUST_CHECK_ ASYNC_LOCK_API_ enum lock_error
async_lock_cancel(struct async_lock *l, struct async_lock_waiter *w);

/* Cancel all waits, except a hand-over on its way: take the waiters out of the
   queue, then run each fn(arg, LOCK_ECANCELED) in order. Returns how many. An
   fn may queue again; that wait goes on. */
ASYNC_LOCK_API_ size_t async_lock_cancel_all(struct async_lock *l);

/* >>hooks: what an observer learns. A normal build has none. */

#ifdef ASYNC_LOCK_DEBUG
/* l gets an owner, from a call at site; NULL if that is unknown. */
static inline void async_lock_note_(struct async_lock *l, const char *site)
{
    l->site = site;
    l->since = l->turn;
}

/* w begins to wait for l. */
static inline void async_lock_note_wait_(const struct async_lock *l,
                                         struct async_lock_waiter *w)
{
    w->site = NULL;
    w->since = l->turn;
}
#else
#define async_lock_note_(l, site) ((void)0)
#define async_lock_note_wait_(l, w) ((void)0)
#endif

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
    async_lock_note_(l, NULL);
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

   A task is one function instead of a continuation for each step. It continues
   where it stopped. It is its own continuation, and its first call starts it:

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

   Only these macros wait. Do not return from a task. A break leaves only the
   block or the loop in which it stands. Local variables do not outlast a wait:
   put into the struct what must. Write at most one wait on a line, none in a
   switch of your own, and braces around one in an if. Only the program that
   starts the task, and what the task waits for, may call fn. */

/* A task. Zero it before its first start. `result` is what its last wait came
   to. The rest is private, except to cancel a wait for l:

       if (async_lock_cancel(l, &t->waiter) == LOCK_EOK)
           fn(arg, LOCK_ECANCELED); */
struct async_lock_task {
    struct async_lock_waiter waiter;
    enum lock_error result;
    int at;                 /* the line of the last wait; 0: not started */
};

/* ASYNC_LOCK_TASK(t, fn, arg, result) { ... }: the body of fn(arg, result). It
   continues where t waited last. (async def) */
#define ASYNC_LOCK_TASK(t, fn, arg, result)                                 \
    for (struct async_lock_task *async_lock_task_ =                         \
             async_lock_resume_(t, fn, arg, result);                        \
         async_lock_task_ != NULL;                                          \
         async_lock_task_->at = 0, async_lock_task_ = NULL)                 \
        switch (async_lock_task_->at)                                       \
        case 0:

/* ASYNC_LOCK_WITH(l) { ... }: wait for l, hold it for the block and all waits
   in it, and release it at the end of the block or at a break. Skips the block
   if the wait does not come to LOCK_EOK. Evaluates l again at the end, when it
   must still be the same lock. (async with) */
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

/* ASYNC_LOCK_AWAIT(start): do `start`, which calls fn(arg, result) later, and
   wait for that. It may call fn at once, though that nests. (await) */
#define ASYNC_LOCK_AWAIT(...)                                               \
    do {                                                                    \
        async_lock_task_->at = __LINE__;                                    \
        __VA_ARGS__;                                                        \
        return;                                                             \
    case __LINE__:;                                                         \
    } while (0)

/* ASYNC_LOCK_AWAIT_PENDING(call): the same for a call that returns an enum
   lock_error. The task waits if that is LOCK_EPENDING, else it continues at
   once. Afterwards the task's result is what the call came to. So a task can
   wait for a thread_lock:

       ASYNC_LOCK_AWAIT_PENDING(
           thread_lock_acquire_async(&lock, &c->waiter, loop, client, c));

   After LOCK_EPENDING the task is not touched: fn may have run already, in
   another thread. */
#define ASYNC_LOCK_AWAIT_PENDING(...)                                       \
    do {                                                                    \
        enum lock_error async_lock_came_to_;                                \
        async_lock_task_->at = __LINE__;                                    \
        async_lock_came_to_ = (__VA_ARGS__);                                \
        if (async_lock_came_to_ == LOCK_EPENDING) {                         \
            return;                                                         \
        case __LINE__:;                                                     \
        } else {                                                            \
            async_lock_task_->result = async_lock_came_to_;                 \
        }                                                                   \
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

   With ASYNC_LOCK_DEBUG a lock knows where it was acquired, and a waiter where
   its wait began. Time is counted in turns of the loop, which calls
   async_lock_debug_turn in each. When the first waiter has waited for
   ASYNC_LOCK_DEBUG_TURNS turns, and again after as many, that calls
   ASYNC_LOCK_DEBUG_HOOK(report). Define the two macros before the
   implementation, if 1000 (1 is the least) and a line on stderr will not do. */

#ifdef ASYNC_LOCK_DEBUG

/* Sites are "file.c:12", or NULL if unknown; times are in turns. The holder is
   the owner, also while the lock is on its way to it. */
struct async_lock_report {
    const struct async_lock *lock;
    const char *waiter, *holder;
    size_t waited, held;
    size_t waiting;                 /* the number of waiters */
};

/* Count a turn of l's loop, and report a wait that has lasted too long. */
ASYNC_LOCK_API_ void async_lock_debug_turn(struct async_lock *l);

#define ASYNC_LOCK_HERE_ __FILE__ ":" ASYNC_LOCK_STRING_(__LINE__)
#define ASYNC_LOCK_STRING_(line) ASYNC_LOCK_STRING2_(line)
#define ASYNC_LOCK_STRING2_(line) #line

ASYNC_LOCK_MUST_CHECK_
static inline enum lock_error async_lock_try_acquire_at_(struct async_lock *l,
                                                         const char *site)
{
    const enum lock_error e = async_lock_try_acquire(l);

    if (e == LOCK_EOK)
        async_lock_note_(l, site);
    return e;
}

ASYNC_LOCK_MUST_CHECK_
static inline enum lock_error
async_lock_acquire_at_(struct async_lock *l, struct async_lock_waiter *w,
                       lock_fn *fn, void *arg, const char *site)
{
    const enum lock_error e = async_lock_acquire(l, w, fn, arg);

    if (e == LOCK_EOK)
        async_lock_note_(l, site);
    if (e == LOCK_EPENDING)
        w->site = site;
    return e;
}

#define async_lock_try_acquire(l) \
    async_lock_try_acquire_at_(l, ASYNC_LOCK_HERE_)
#define async_lock_acquire(l, w, fn, arg) \
    async_lock_acquire_at_(l, w, fn, arg, ASYNC_LOCK_HERE_)

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

/* Append w. Its memory belongs to the library from here on. */
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
    async_lock_note_wait_(l, w);
    return LOCK_EPENDING;
}

/* Take w out. Its memory belongs to its owner from here on. */
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

/* The first that waits. While the lock is passing, the first in the ring no
   longer waits: it owns the lock, and has not been told yet. */
static struct async_lock_waiter *
async_lock_first_waiting_(const struct async_lock *l)
{
    struct async_lock_waiter *w = l->first;

    if (w == NULL || l->state < ASYNC_LOCK_PASSING_)
        return w;
    return w->next == w ? NULL : w->next;
}

/* >>hand-over

   At most one is under way at a time, so the job belongs to the lock, not to
   the waiter. Only when it runs does it pick the new owner: the first in the
   ring. A cancel cannot take a job back from the loop; so it only takes the
   waiter out of the ring. */

/* While continuations run, a lock without a loop has this for one. It lies on
   the stack of the release that runs them, and l->loop leads to it. It holds
   one job at most. */
struct async_lock_runner_ {
    struct lock_loop loop;
    struct lock_job *job;
    bool let_go;            /* an fn released the lock, and nobody waited */
};

static void async_lock_post_(struct lock_loop *loop, struct lock_job *job)
{
    ((struct async_lock_runner_ *)(void *)loop)->job = job;
}

/* Once the lock is free, its memory may be gone. So the release that called the
   present fn must learn that without a look at *l: from its runner. A lock that
   has neither loop nor runner is set free by the inline release. */
static void async_lock_free_(struct async_lock *l)
{
    if (l->state == ASYNC_LOCK_LENT_ || l->state == ASYNC_LOCK_LENDING_) {
        ((struct async_lock_runner_ *)(void *)l->loop)->let_go = true;
        l->loop = NULL;
    }
    l->state = ASYNC_LOCK_FREE_;
}

/* The job: make the first waiter the owner, and tell it. */
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

/* Run continuations until one keeps the lock, or sets it free. A release inside
   an fn posts to r and returns, so continuations run one after another. */
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

/* A release, unless the lock is HELD and nobody waits. */
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
    if (l->state >= ASYNC_LOCK_PASSING_)
        async_lock_note_(l, l->first != NULL ? l->first->site : NULL);
    return LOCK_EOK;
}

ASYNC_LOCK_DEF_ size_t async_lock_cancel_all(struct async_lock *l)
{
    struct async_lock_waiter *const first = async_lock_first_waiting_(l);
    struct async_lock_waiter *w, *next;
    const size_t n = async_lock_waiting(l);
    size_t i;

    /* All leave the ring before any fn runs, because an fn may queue again, or
       free the lock. They keep their `next`, so they stay the library's. */
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
