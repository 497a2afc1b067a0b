/* lock.h - 1.0.0 - Python's threading.Lock for C, in one zeroed word
   SPDX-License-Identifier: 0BSD

   Threads block on it, event loops await it without blocking, timers cancel
   a wait, and any thread releases it. Copy this one file; in exactly one C
   file write

       #define THREAD_LOCK_IMPLEMENTATION
       #include "lock.h"

   and everywhere else only the include.

>>example

       #define THREAD_LOCK_IMPLEMENTATION
       #include "lock.h"
       #include <stdio.h>
       #include <threads.h>

       static struct thread_lock lock;      // zeroed memory is a free lock
       static long total;

       static int count(void *times)
       {
           for (int i = *(int *)times; i > 0; i--)
               THREAD_LOCK_WITH(&lock)      // released however it is left
                   total++;
           return 0;
       }

       int main(void)
       {
           int times = 100000;
           thrd_t a, b;

           thrd_create(&a, count, &times);
           thrd_create(&b, count, &times);
           thrd_join(a, NULL);
           thrd_join(b, NULL);
           printf("%ld\n", total);
       }

>>promises

   - Two never hold at once, no waiter is lost, every wait has one outcome: it
     owns the lock and is told so, or it does not and the lock went elsewhere.
   - Once a release has let the next owner in, it does not touch the lock again:
     that owner may free it at once.
   - Threads and continuations wait in one queue. Others may take the lock until
     a thread that was woken for it gets there, but if it comes too late, it
     waits in front, and a release hands it the lock. No one starves.
   - No globals, no thread-local storage, no allocation, no init, no destroy.
   - A refused call changes nothing. errno is left alone.

>>memory

   A thread_lock_waiter is yours until acquire_async says LOCK_EPENDING. From
   then on it is the library's, and must stay where it is, until its fn is
   entered or a cancel says LOCK_EOK. Zero it once, before its first use.

>>limits

   Not recursive: an owner that acquires again waits for itself. No priority
   inheritance: a lock without an owner has nobody to lend it to. Not for memory
   that processes share. A signal handler may call try_acquire and locked, and
   nothing else. In the child of a fork, what its parent's threads held is free
   again after l = (struct thread_lock)THREAD_LOCK_INIT. A post that releases
   the lock nests, for release has called it.

>>configuration

   THREAD_LOCK_IMPLEMENTATION  the bodies too, not only the declarations
   THREAD_LOCK_STATIC          the same, with all of it static in this file
   THREAD_LOCK_PORT_LINUX      futex; signals can interrupt a wait; the clock is
                               monotonic. What Linux gets if nothing is forced
   THREAD_LOCK_PORT_WIN32      WaitOnAddress, of Windows 8 and later: link with
                               -lsynchronization
   THREAD_LOCK_PORT_C11        <threads.h> and nothing else; its clock is the
                               wall clock, so setting that stretches or cuts a
                               time limit; and no pthread_cancel of a thread
                               that waits, which C11 cannot put off
   THREAD_LOCK_PORT_PTHREAD    POSIX threads and CLOCK_MONOTONIC, for macOS and
                               others without <threads.h>
   THREAD_LOCK_PORT_CUSTOM     your own, for an RTOS: see >>custom
   THREAD_LOCK_NO_WAIT         for bare metal: only try_acquire, release,
                               locked, acquire_async and cancel; no port but a
                               custom one is used, of which only pause, enter
                               and leave are needed
   THREAD_LOCK_SPIN            how often a thread looks again before it sleeps
   THREAD_LOCK_DEBUG           tell who waits too long for whom: see >>debug
   THREAD_LOCK_ANALYSIS        annotate for clang's -Wthread-safety, which finds
                               a missing release: see >>analysis

   All files of a program choose the same port, and all debug or none does.  */

#ifndef THREAD_LOCK_H_INCLUDED
#define THREAD_LOCK_H_INCLUDED

#define THREAD_LOCK_VERSION_MAJOR 1
#define THREAD_LOCK_VERSION_MINOR 0
#define THREAD_LOCK_VERSION_PATCH 0
#define THREAD_LOCK_VERSION "1.0.0"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#if !defined __cplusplus
#include <stdatomic.h>
#elif !defined __GNUC__
#include <atomic>
#endif

/* By the system's own macros, for __has_include(<threads.h>) lies: newlib has
   the header, and an #error in it. */
#if defined THREAD_LOCK_PORT_CUSTOM || defined THREAD_LOCK_PORT_LINUX \
    || defined THREAD_LOCK_PORT_WIN32 || defined THREAD_LOCK_PORT_C11 \
    || defined THREAD_LOCK_PORT_PTHREAD || defined THREAD_LOCK_NO_WAIT
/* as you say */
#elif defined __linux__
#define THREAD_LOCK_PORT_LINUX
#elif defined _WIN32
#define THREAD_LOCK_PORT_WIN32
#elif defined __FreeBSD__ || defined __DragonFly__ || defined __EMSCRIPTEN__
#define THREAD_LOCK_PORT_C11
#elif defined __APPLE__ || defined __unix__ || defined __HAIKU__ \
    || defined __QNX__ || defined __rtems__
#define THREAD_LOCK_PORT_PTHREAD
#else
#error "lock.h does not know this system: define THREAD_LOCK_PORT_C11 where" \
    "there is <threads.h>, THREAD_LOCK_PORT_PTHREAD for POSIX threads," \
    "THREAD_LOCK_PORT_CUSTOM, or THREAD_LOCK_NO_WAIT"
#endif

#if defined THREAD_LOCK_PORT_CUSTOM
#define THREAD_LOCK_PORT "custom"
#elif defined THREAD_LOCK_PORT_LINUX
#define THREAD_LOCK_PORT "linux"
#define THREAD_LOCK_HAS_EINTR 1
#elif defined THREAD_LOCK_PORT_WIN32
#define THREAD_LOCK_PORT "win32"
#elif defined THREAD_LOCK_PORT_C11
#define THREAD_LOCK_PORT "c11"
#elif defined THREAD_LOCK_PORT_PTHREAD
#define THREAD_LOCK_PORT "pthread"
#else
#define THREAD_LOCK_PORT "none"
#endif

/* Whether a signal handler can end a wait. A custom port may define it as 1. */
#ifndef THREAD_LOCK_HAS_EINTR
#define THREAD_LOCK_HAS_EINTR 0
#endif

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

#ifdef THREAD_LOCK_STATIC
#define THREAD_LOCK_API_ static inline
#else
#define THREAD_LOCK_API_ extern
#endif

/* Files of a debug and of a normal build do not link. */
#ifdef THREAD_LOCK_DEBUG
#define thread_lock_release_slow_ thread_lock_debug_release_slow_
#endif

/* C++ has no _Atomic before C++23, and sees a plain word of the same size. */
#ifdef __cplusplus
typedef uintptr_t thread_lock_word_;
#define THREAD_LOCK_ALIGN_ alignas(8)
#else
typedef _Atomic(uintptr_t) thread_lock_word_;
#define THREAD_LOCK_ALIGN_ _Alignas(8)
#endif

/* >>analysis

   With THREAD_LOCK_ANALYSIS, clang's -Wthread-safety knows what each function
   does to a lock, and finds a missing release, and data marked with
   __attribute__((guarded_by(lock))) that is used without the lock. It takes
   acquire for one that cannot fail; of all others it sees whether they were
   compared with LOCK_EOK, for which that must be a number. After a
   THREAD_LOCK_WITH it takes the lock for held to the end of the function. Not
   for a lock that one function acquires and another releases, nor for C++. */
#if defined THREAD_LOCK_ANALYSIS && defined __clang__ && !defined __cplusplus
#define THREAD_LOCK_CLANG_(attribute) __attribute__((attribute))
#define LOCK_EOK 0
#else
#define THREAD_LOCK_CLANG_(attribute)
#endif
#define THREAD_LOCK_DOES_(what) \
    THREAD_LOCK_CLANG_(what) THREAD_LOCK_CLANG_(no_thread_safety_analysis)

/* A lock. Private: see >>word. */
struct THREAD_LOCK_CLANG_(capability("lock")) thread_lock {
    thread_lock_word_ word;
#ifdef THREAD_LOCK_DEBUG
    thread_lock_word_ site, thread, since;    /* of the holder; since in ms */
#endif
};

/* One who waits, and may not move while it does. All private; see >>queue. */
struct thread_lock_waiter {
    THREAD_LOCK_ALIGN_ struct thread_lock_waiter *next;
    struct thread_lock_waiter *prev;
    thread_lock_word_ where;
    struct lock_job job;
    struct lock_loop *loop;
    lock_fn *fn;
    void *arg;
    bool owns_next;
#ifdef THREAD_LOCK_DEBUG
    const char *site;
    uintptr_t thread;
    int64_t since;
#endif
};

#ifdef __cplusplus
#define THREAD_LOCK_INIT {}
#define THREAD_LOCK_WAITER_INIT {}
#else
#define THREAD_LOCK_INIT {0}
#define THREAD_LOCK_WAITER_INIT {0}
#endif

/* No time limit. */
#define THREAD_LOCK_FOREVER INT64_MAX

/* The longest time limit of acquire_ex, in seconds. (threading.TIMEOUT_MAX) */
#define THREAD_LOCK_TIMEOUT_MAX 9223372036.0

/* Acquire, if the lock is free. Never waits or spins; a signal handler may call
   it. LOCK_EOK or LOCK_EBUSY. (threading.Lock.acquire(blocking=False)) */
static inline enum lock_error thread_lock_try_acquire(struct thread_lock *l)
    THREAD_LOCK_DOES_(try_acquire_capability(0, *l));

/* Release; any thread may, not only the one that acquired. LOCK_EOK, or
   LOCK_ENOTLOCKED, which is Python's RuntimeError. (threading.Lock.release) */
static inline enum lock_error thread_lock_release(struct thread_lock *l)
    THREAD_LOCK_DOES_(release_capability(*l));

/* Whether it is held, by anyone, at this moment. (threading.Lock.locked) */
static inline bool thread_lock_locked(const struct thread_lock *l);

#ifndef THREAD_LOCK_NO_WAIT

/* Acquire, however long it takes and whatever signals arrive. LOCK_EOK;
   LOCK_ESYSTEM if this thread cannot wait. (threading.Lock.acquire) */
static inline enum lock_error thread_lock_acquire(struct thread_lock *l)
    THREAD_LOCK_DOES_(acquire_capability(*l));

/* The same for timeout_ns nanoseconds at most; with 0 or less, for a deadline
   that has passed, try once. LOCK_EOK, LOCK_ETIMEDOUT or LOCK_ESYSTEM. */
THREAD_LOCK_API_ enum lock_error
thread_lock_acquire_for(struct thread_lock *l, int64_t timeout_ns)
    THREAD_LOCK_DOES_(try_acquire_capability(0, *l));

/* The same, but where THREAD_LOCK_HAS_EINTR is 1 also LOCK_EINTR, once a signal
   handler has run in this thread while it waited, SA_RESTART or not. */
THREAD_LOCK_API_ enum lock_error
thread_lock_acquire_interruptible(struct thread_lock *l, int64_t timeout_ns)
    THREAD_LOCK_DOES_(try_acquire_capability(0, *l));

/* Python's acquire(blocking=True, timeout=-1): seconds, -1 for no limit, any
   part of a nanosecond rounded up. Interruptible. LOCK_EOK; LOCK_EBUSY when not
   blocking; LOCK_ETIMEDOUT, also for 0; LOCK_EINTR; LOCK_ESYSTEM; LOCK_EINVAL
   for a timeout when not blocking, and for one that is negative but not -1, NaN
   or above THREAD_LOCK_TIMEOUT_MAX. (threading.Lock.acquire) */
THREAD_LOCK_API_ enum lock_error
thread_lock_acquire_ex(struct thread_lock *l, bool blocking, double timeout_s)
    THREAD_LOCK_DOES_(try_acquire_capability(0, *l));

#endif /* THREAD_LOCK_NO_WAIT */

/* Acquire, now or later, without blocking. LOCK_EOK: acquired, fn is not
   called. LOCK_EPENDING: queued; the thread that hands the lock over calls
   loop->post, which must be thread-safe and may use the lock, and the loop then
   runs fn(arg, LOCK_EOK), once, holding the lock. LOCK_EINVAL: w, loop or fn is
   NULL, or w waits already. */
THREAD_LOCK_API_ enum lock_error
thread_lock_acquire_async(struct thread_lock *l, struct thread_lock_waiter *w,
                          struct lock_loop *loop, lock_fn *fn, void *arg)
    THREAD_LOCK_DOES_(try_acquire_capability(0, *l));

/* Give up such a wait, from any thread. LOCK_EOK: fn never runs, *w is yours.
   LOCK_ENOTWAITING: w never waited for l, or it is too late: the lock was
   handed over, fn has run or will, and *w stays the library's until it does. */
THREAD_LOCK_API_ enum lock_error
thread_lock_cancel(struct thread_lock *l, struct thread_lock_waiter *w);

/* THREAD_LOCK_WITH(l) { ... }: hold l for the block, and release it however the
   block is left: by its end, break (which leaves this block), return or goto.
   Skips the block where the acquire fails. (with lock:) */
#if defined __GNUC__ && !defined THREAD_LOCK_NO_WAIT
#define THREAD_LOCK_WITH(l) \
    THREAD_LOCK_WITH_(l, THREAD_LOCK_PASTE_(thread_lock_guard_, __COUNTER__))
#define THREAD_LOCK_WITH_(l, guard) \
    for (struct thread_lock *guard \
             __attribute__((cleanup(thread_lock_exit_))) = \
             thread_lock_enter_(l); \
         guard != NULL; thread_lock_exit_(&guard))
#define THREAD_LOCK_PASTE_(a, b) THREAD_LOCK_PASTE2_(a, b)
#define THREAD_LOCK_PASTE2_(a, b) a##b
#endif

/* >>word

       bits  3...            1      0
           +--------------+------+------+
           | first waiter | EDIT | HELD |
           +--------------+------+------+
             NULL            0      0     free: all zeroes
             NULL            0      1     held, and no one waits
             w               0      1     held, w is next: its release wakes w,
                                          or hands it the lock
             w               0      0     free, and one that waited before w was
                                          woken and is on its way
             any             1      1     one thread edits the queue, and no
                                          other changes the word until it has
                                          finished

   No waiter is forgotten: a release that sets a lock free wakes one, and who is
   awake either takes the lock or finds, in an edit of its own, that another
   has it, whose release wakes the next. EDIT never stands without HELD: so
   try_acquire always has an answer. But who has just seen EDIT, and HELD only
   with it, may have seen a lock that is free. */

#define THREAD_LOCK_HELD_ ((uintptr_t)1)
#define THREAD_LOCK_EDIT_ ((uintptr_t)2)
#define THREAD_LOCK_BITS_ ((uintptr_t)3)

/* >>inline

   The compare-and-swaps may fail for no reason: who calls them looks again.
   Their names tell the order. take: acquire, so that what the last owner wrote
   is seen. drop: release, so that the next owner sees what this one wrote. A
   peek is relaxed, for its value is only ever a guess that a take confirms. */
#ifndef __cplusplus
static inline uintptr_t thread_lock_peek_(const thread_lock_word_ *p)
{
    return atomic_load_explicit(p, memory_order_relaxed);
}
static inline bool thread_lock_take_(thread_lock_word_ *p, uintptr_t *seen,
                                     uintptr_t to)
{
    return atomic_compare_exchange_weak_explicit(
        p, seen, to, memory_order_acquire, memory_order_relaxed);
}
static inline bool thread_lock_drop_(thread_lock_word_ *p, uintptr_t *seen,
                                     uintptr_t to)
{
    return atomic_compare_exchange_weak_explicit(
        p, seen, to, memory_order_release, memory_order_relaxed);
}
#elif defined __GNUC__
static inline uintptr_t thread_lock_peek_(const thread_lock_word_ *p)
{
    return __atomic_load_n(p, __ATOMIC_RELAXED);
}
static inline bool thread_lock_take_(thread_lock_word_ *p, uintptr_t *seen,
                                     uintptr_t to)
{
    return __atomic_compare_exchange_n(p, seen, to, true, __ATOMIC_ACQUIRE,
                                       __ATOMIC_RELAXED);
}
static inline bool thread_lock_drop_(thread_lock_word_ *p, uintptr_t *seen,
                                     uintptr_t to)
{
    return __atomic_compare_exchange_n(p, seen, to, true, __ATOMIC_RELEASE,
                                       __ATOMIC_RELAXED);
}
#else
static inline uintptr_t thread_lock_peek_(const thread_lock_word_ *p)
{
    return reinterpret_cast<const std::atomic<uintptr_t> *>(p)->load(
        std::memory_order_relaxed);
}
static inline bool thread_lock_take_(thread_lock_word_ *p, uintptr_t *seen,
                                     uintptr_t to)
{
    return reinterpret_cast<std::atomic<uintptr_t> *>(p)->compare_exchange_weak(
        *seen, to, std::memory_order_acquire, std::memory_order_relaxed);
}
static inline bool thread_lock_drop_(thread_lock_word_ *p, uintptr_t *seen,
                                     uintptr_t to)
{
    return reinterpret_cast<std::atomic<uintptr_t> *>(p)->compare_exchange_weak(
        *seen, to, std::memory_order_release, std::memory_order_relaxed);
}
#endif

THREAD_LOCK_API_ enum lock_error
thread_lock_release_slow_(struct thread_lock *l);

static inline enum lock_error thread_lock_try_acquire(struct thread_lock *l)
{
    uintptr_t word = thread_lock_peek_(&l->word);

    while (!(word & THREAD_LOCK_HELD_))
        if (thread_lock_take_(&l->word, &word, word | THREAD_LOCK_HELD_))
            return LOCK_EOK;
    return LOCK_EBUSY;
}

static inline enum lock_error thread_lock_release(struct thread_lock *l)
{
    uintptr_t word = THREAD_LOCK_HELD_;

    if (thread_lock_drop_(&l->word, &word, 0))
        return LOCK_EOK;
    return thread_lock_release_slow_(l);
}

static inline bool thread_lock_locked(const struct thread_lock *l)
{
    return (thread_lock_peek_(&l->word) & THREAD_LOCK_HELD_) != 0;
}

#ifndef THREAD_LOCK_NO_WAIT

THREAD_LOCK_API_ enum lock_error
thread_lock_acquire_slow_(struct thread_lock *l);

static inline enum lock_error thread_lock_acquire(struct thread_lock *l)
{
    uintptr_t word = 0;

    if (thread_lock_take_(&l->word, &word, THREAD_LOCK_HELD_))
        return LOCK_EOK;
    return thread_lock_acquire_slow_(l);
}

static inline struct thread_lock *thread_lock_enter_(struct thread_lock *l)
    THREAD_LOCK_DOES_(assert_capability(*l));
static inline struct thread_lock *thread_lock_enter_(struct thread_lock *l)
{
    return thread_lock_acquire(l) == LOCK_EOK ? l : NULL;
}

THREAD_LOCK_CLANG_(no_thread_safety_analysis)
static inline void thread_lock_exit_(struct thread_lock **guard)
{
    if (*guard != NULL)
        thread_lock_release(*guard);
    *guard = NULL;
}

#endif /* THREAD_LOCK_NO_WAIT */

/* >>debug

   With THREAD_LOCK_DEBUG a lock knows where, when and by which thread it was
   taken. A wait that has lasted for THREAD_LOCK_DEBUG_NS nanoseconds calls
   THREAD_LOCK_DEBUG_HOOK(report), and again after as many, in the thread that
   waits; a continuation's calls it where thread_lock_debug_check is asked after
   that time. Define these two before the implementation, if 1000000000 (1 is
   the least) and a line on stderr will not do. The hook may not wait for a
   lock, nor end its thread: where it prints, no one may pthread_cancel a thread
   that waits. A custom port has one function more, uintptr_t
   thread_lock_port_self(void): which thread this is. */

#ifdef THREAD_LOCK_DEBUG

#ifdef THREAD_LOCK_NO_WAIT
#error "THREAD_LOCK_DEBUG needs a clock: it does not go with NO_WAIT"
#endif
#ifdef THREAD_LOCK_ANALYSIS
#error "THREAD_LOCK_ANALYSIS is for normal builds, not for THREAD_LOCK_DEBUG"
#endif

/* What the hook is told. Sites are "file.c:12", or NULL where unknown; of a
   lock that was taken through a pointer to a function, those of the holder
   before. A thread is gettid() on Linux and GetCurrentThreadId() on Windows,
   else a number made from pthread_self() or thrd_current(). Who is handed the
   lock holds it from where it waited. */
struct thread_lock_report {
    const struct thread_lock *lock;
    const char *waiter, *holder;
    uintptr_t waiter_thread, holder_thread;
    int64_t waited_ns, held_ns;
};

/* Report w if it has waited for l for THREAD_LOCK_DEBUG_NS or longer. For a
   timer of its loop, in the thread that queued it, while a cancel may be. */
THREAD_LOCK_API_ void
thread_lock_debug_check(const struct thread_lock *l,
                        const struct thread_lock_waiter *w);

THREAD_LOCK_API_ enum lock_error
thread_lock_try_acquire_at_(struct thread_lock *l, const char *site);
THREAD_LOCK_API_ enum lock_error
thread_lock_acquire_at_(struct thread_lock *l, int64_t timeout_ns,
                        bool interruptible, const char *site);
THREAD_LOCK_API_ enum lock_error
thread_lock_acquire_ex_at_(struct thread_lock *l, bool blocking,
                           double timeout_s, const char *site);
THREAD_LOCK_API_ enum lock_error
thread_lock_acquire_async_at_(struct thread_lock *l,
                              struct thread_lock_waiter *w,
                              struct lock_loop *loop, lock_fn *fn, void *arg,
                              const char *site);

static inline struct thread_lock *thread_lock_enter_at_(struct thread_lock *l,
                                                        const char *site)
{
    return thread_lock_acquire_at_(l, THREAD_LOCK_FOREVER, false, site)
                   == LOCK_EOK
               ? l
               : NULL;
}

#endif /* THREAD_LOCK_DEBUG */

#ifdef __cplusplus
}
#endif

#endif /* THREAD_LOCK_H_INCLUDED */

#if defined THREAD_LOCK_IMPLEMENTATION || defined THREAD_LOCK_STATIC
#ifndef THREAD_LOCK_IMPLEMENTATION_INCLUDED
#define THREAD_LOCK_IMPLEMENTATION_INCLUDED

#ifdef __cplusplus
#error "compile the implementation of lock.h as C; C++ files only include it"
#endif

#ifdef THREAD_LOCK_DEBUG
#undef thread_lock_try_acquire
#undef thread_lock_acquire
#undef thread_lock_acquire_for
#undef thread_lock_acquire_interruptible
#undef thread_lock_acquire_ex
#undef thread_lock_acquire_async
#undef thread_lock_enter_
#endif

#ifdef THREAD_LOCK_STATIC
#define THREAD_LOCK_DEF_ static inline
#else
#define THREAD_LOCK_DEF_
#endif

/* >>port

   All that the rest of the file asks of the platform. A new port is a new
   branch of this #if; nothing below it changes. With PORT_CUSTOM the branch is
   yours, before the include.

   struct thread_lock_parker   where one thread sleeps. It lies on the stack of
                      that thread, and has one sleeper and one waker at a time
   init(p)            LOCK_EOK, or LOCK_ESYSTEM and nothing to destroy
   destroy(p)         the last call for p
   park(p, until)     sleep until unparked (LOCK_EOK), until the clock says
                      `until` (LOCK_ETIMEDOUT; never for THREAD_LOCK_FOREVER) or
                      a signal handler has run (LOCK_EINTR). LOCK_EOK exactly
                      once for each unpark, which may have come before: a binary
                      semaphore. LOCK_ESYSTEM if sleeping fails; it is asked
                      again where waiting cannot be given up
   unpark(p)          wake p's sleeper, which may destroy p as soon as its park
                      has returned. What was written before is seen after
   now()              nanoseconds, 0 or more, on a clock that nobody sets if
                      there is one
   pause(n)           let others run; n is how often we asked in a row
   enter(), leave(m)  around the few instructions that edit the queue: where a
                      lower priority could be caught in between by a higher one,
                      or by an interrupt, enter masks that, and leave undoes it
                      by what enter returned

   All are called thread_lock_port_...

>>custom

   A port of your own, here for FreeRTOS, whose binary semaphores are what any
   RTOS has under some name. One file of the program holds all of this:

       #define THREAD_LOCK_PORT_CUSTOM         // in all others too, or by -D
       #include "lock.h"
       #include "FreeRTOS.h"
       #include "semphr.h"
       #include "task.h"

       #define TICK_NS (1000000000 / configTICK_RATE_HZ)

       struct thread_lock_parker {
           SemaphoreHandle_t woken;
           StaticSemaphore_t memory;
       };

       static enum lock_error
       thread_lock_port_init(struct thread_lock_parker *p)
       {
           p->woken = xSemaphoreCreateBinaryStatic(&p->memory);
           return p->woken != NULL ? LOCK_EOK : LOCK_ESYSTEM;
       }

       static void thread_lock_port_destroy(struct thread_lock_parker *p)
       {
           vSemaphoreDelete(p->woken);
       }

       static int64_t thread_lock_port_now(void)
       {
           TimeOut_t t;    // a count of ticks that does not wrap around

           vTaskSetTimeOutState(&t);
           return ((int64_t)t.xOverflowCount * ((int64_t)portMAX_DELAY + 1)
                   + t.xTimeOnEntering) * TICK_NS;
       }

       // A tick more than that, for the present one began before now.
       static TickType_t ticks_until(int64_t until)
       {
           const int64_t ticks = (until - thread_lock_port_now()) / TICK_NS + 1;

           return ticks < 0 ? 0 : ticks < portMAX_DELAY ? (TickType_t)ticks
                                                        : portMAX_DELAY - 1;
       }

       static enum lock_error
       thread_lock_port_park(struct thread_lock_parker *p, int64_t until)
       {
           do
               if (xSemaphoreTake(p->woken, ticks_until(until)) == pdTRUE)
                   return LOCK_EOK;
           while (thread_lock_port_now() <= until);
           return LOCK_ETIMEDOUT;
       }

       static void thread_lock_port_unpark(struct thread_lock_parker *p)
       {
           xSemaphoreGive(p->woken);
       }

       static void thread_lock_port_pause(unsigned n)
       {
           (void)n;
           taskYIELD();    // who edits cannot be preempted: see enter
       }

       static uintptr_t thread_lock_port_enter(void)
       {
           taskENTER_CRITICAL();
           return 0;
       }

       static void thread_lock_port_leave(uintptr_t mask)
       {
           (void)mask;
           taskEXIT_CRITICAL();
       }

       #define THREAD_LOCK_IMPLEMENTATION
       #include "lock.h"

   THREAD_LOCK_SPIN as 0 fits a single core: there is nobody to wait for awake.
   Where an interrupt handler releases, enter and leave save and restore the
   mask, and unpark gives the semaphore as from an interrupt.

   Without an RTOS, with THREAD_LOCK_NO_WAIT, a port is three functions. With
   these a Cortex-M's interrupts may try, release, and acquire_async:

       static uintptr_t thread_lock_port_enter(void)
       {
           const uint32_t mask = __get_PRIMASK();

           __disable_irq();
           return mask;
       }

       static void thread_lock_port_leave(uintptr_t mask)
       {
           __set_PRIMASK(mask);
       }

       static void thread_lock_port_pause(unsigned n)
       {
           (void)n;        // never called: who edits cannot be interrupted
       }                                                                     */

#ifndef THREAD_LOCK_SPIN
#define THREAD_LOCK_SPIN 10
#endif

#ifndef THREAD_LOCK_PORT_CUSTOM

/* An ordinary system preempts who edits so seldom that it needs no mask. */
static inline uintptr_t thread_lock_port_enter(void)
{
    return 0;
}

static inline void thread_lock_port_leave(uintptr_t mask)
{
    (void)mask;
}
#endif

#if defined THREAD_LOCK_PORT_CUSTOM
/* yours */

#elif defined THREAD_LOCK_NO_WAIT /* nobody to yield to */

static void thread_lock_yield_(void) {}
static void thread_lock_nap_(void) {}

#elif defined THREAD_LOCK_PORT_LINUX

#include <errno.h>
#include <sched.h>
#include <sys/syscall.h>

/* <unistd.h> hides it where only -std=c11 is asked for. */
extern long syscall(long number, ...);

/* The kernel's timespec is two longs, but for x32 and for 32-bit systems that
   are younger than 64-bit time. */
#if defined SYS_futex && !defined __x86_64__
typedef long thread_lock_long_;
#else
typedef int64_t thread_lock_long_;
#endif
#ifdef SYS_futex
#define THREAD_LOCK_FUTEX_ SYS_futex
#ifdef SYS_clock_gettime
#define THREAD_LOCK_CLOCK_ SYS_clock_gettime
#else   /* musl on 32 bits */
#define THREAD_LOCK_CLOCK_ SYS_clock_gettime32
#endif
#else
#define THREAD_LOCK_FUTEX_ SYS_futex_time64
#define THREAD_LOCK_CLOCK_ SYS_clock_gettime64
#endif

struct thread_lock_parker {
    _Atomic(uint32_t) woken;
};

static enum lock_error thread_lock_port_init(struct thread_lock_parker *p)
{
    atomic_init(&p->woken, 0);
    return LOCK_EOK;
}

static void thread_lock_port_destroy(struct thread_lock_parker *p)
{
    (void)p;
}

#ifdef THREAD_LOCK_DEBUG
static uintptr_t thread_lock_port_self(void)
{
    return (uintptr_t)syscall(SYS_gettid);
}
#endif

static int64_t thread_lock_port_now(void)
{
    thread_lock_long_ t[2] = {0, 0};

    syscall(THREAD_LOCK_CLOCK_, 1 /* CLOCK_MONOTONIC */, t);
    return (int64_t)t[0] * 1000000000 + (int64_t)t[1];
}

/* Sleep while *word is 0. Returns 0 or what went wrong, and leaves errno alone.
   There is a time limit even where there is none, for the kernel restarts a
   FUTEX_WAIT without one after a handler that was installed with SA_RESTART. */
static int thread_lock_futex_wait_(_Atomic(uint32_t) *word, int64_t until)
{
    const int64_t s = until / 1000000000;
    const int saved = errno;
    thread_lock_long_ t[2];
    int e = 0;

    t[0] = sizeof t[0] == 4 && s > INT32_MAX ? INT32_MAX
                                             : (thread_lock_long_)s;
    t[1] = (thread_lock_long_)(until % 1000000000);
    if (syscall(THREAD_LOCK_FUTEX_, word,
                9 | 128 /* FUTEX_WAIT_BITSET_PRIVATE */, 0, t, NULL, -1) != 0)
        e = errno;
    errno = saved;
    return e;
}

static enum lock_error thread_lock_port_park(struct thread_lock_parker *p,
                                             int64_t until)
{
    enum lock_error e = LOCK_EOK;

    /* Acquire: see what the unparking thread wrote before. */
    while (e == LOCK_EOK
           && !atomic_load_explicit(&p->woken, memory_order_acquire))
        switch (thread_lock_futex_wait_(&p->woken, until)) {
        case 0: case EAGAIN: break;
        case ETIMEDOUT:      e = LOCK_ETIMEDOUT; break;
        case EINTR:          e = LOCK_EINTR; break;
        default:             e = LOCK_ESYSTEM; break;
        }
    if (e == LOCK_EOK)
        atomic_store_explicit(&p->woken, 0, memory_order_relaxed);
    return e;
}

static void thread_lock_port_unpark(struct thread_lock_parker *p)
{
    const int saved = errno;

    /* Release: pairs with park. From here on *p may be gone; the kernel only
       compares its address, and a stray wake-up is what futexes live with. */
    atomic_store_explicit(&p->woken, 1, memory_order_release);
    syscall(THREAD_LOCK_FUTEX_, &p->woken, 1 | 128 /* FUTEX_WAKE_PRIVATE */, 1);
    errno = saved;
}

static void thread_lock_yield_(void)
{
    sched_yield();
}

static void thread_lock_nap_(void)
{
    _Atomic(uint32_t) never = 0;

    thread_lock_futex_wait_(&never, thread_lock_port_now() + 50000);
}

#elif defined THREAD_LOCK_PORT_WIN32

#include <windows.h>
#ifdef _MSC_VER
#pragma comment(lib, "synchronization")
#endif

struct thread_lock_parker {
    _Atomic(uint32_t) woken;
};

static enum lock_error thread_lock_port_init(struct thread_lock_parker *p)
{
    atomic_init(&p->woken, 0);
    return LOCK_EOK;
}

static void thread_lock_port_destroy(struct thread_lock_parker *p)
{
    (void)p;
}

#ifdef THREAD_LOCK_DEBUG
static uintptr_t thread_lock_port_self(void)
{
    return GetCurrentThreadId();
}
#endif

static int64_t thread_lock_port_now(void)
{
    LARGE_INTEGER t, hz;

    QueryPerformanceCounter(&t);
    QueryPerformanceFrequency(&hz);
    return t.QuadPart / hz.QuadPart * 1000000000
           + t.QuadPart % hz.QuadPart * 1000000000 / hz.QuadPart;
}

/* Windows counts milliseconds: round up, and no longer than a day, for the sake
   of those limits that a DWORD cannot hold. */
static DWORD thread_lock_ms_(int64_t ns)
{
    const int64_t day = 86400000;

    return ns <= 0 ? 0 : ns / 1000000 >= day ? (DWORD)day
                                             : (DWORD)((ns + 999999) / 1000000);
}

static enum lock_error thread_lock_port_park(struct thread_lock_parker *p,
                                             int64_t until)
{
    uint32_t no = 0;

    /* Acquire: see what the unparking thread wrote before. */
    while (!atomic_load_explicit(&p->woken, memory_order_acquire)) {
        const int64_t left = until - thread_lock_port_now();

        if (left <= 0)
            return LOCK_ETIMEDOUT;
        if (!WaitOnAddress(&p->woken, &no, sizeof no, thread_lock_ms_(left))
            && GetLastError() != ERROR_TIMEOUT)
            return LOCK_ESYSTEM;
    }
    atomic_store_explicit(&p->woken, 0, memory_order_relaxed);
    return LOCK_EOK;
}

static void thread_lock_port_unpark(struct thread_lock_parker *p)
{
    /* Release: pairs with park. From here on *p may be gone; Windows only
       compares its address. */
    atomic_store_explicit(&p->woken, 1, memory_order_release);
    WakeByAddressSingle(&p->woken);
}

static void thread_lock_yield_(void)
{
    SwitchToThread();
}

static void thread_lock_nap_(void)
{
    Sleep(1);
}

#elif defined THREAD_LOCK_PORT_C11

#include <threads.h>
#include <time.h>

struct thread_lock_parker {
    mtx_t mutex;
    cnd_t unparked;
    atomic_bool woken;
};

static enum lock_error thread_lock_port_init(struct thread_lock_parker *p)
{
    atomic_init(&p->woken, false);
    if (mtx_init(&p->mutex, mtx_plain) != thrd_success)
        return LOCK_ESYSTEM;
    if (cnd_init(&p->unparked) == thrd_success)
        return LOCK_EOK;
    mtx_destroy(&p->mutex);
    return LOCK_ESYSTEM;
}

static void thread_lock_port_destroy(struct thread_lock_parker *p)
{
    cnd_destroy(&p->unparked);
    mtx_destroy(&p->mutex);
}

#ifdef THREAD_LOCK_DEBUG
static uintptr_t thread_lock_port_self(void)
{
    return (uintptr_t)thrd_current();
}
#endif

static int64_t thread_lock_port_now(void)
{
    struct timespec t = {0};

    timespec_get(&t, TIME_UTC);
    return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

/* Wait for a day at the most, and let park ask again: no time_t is too short
   for that, nor are the 32 bits of milliseconds that Emscripten counts in. */
static int thread_lock_cnd_wait_(struct thread_lock_parker *p, int64_t until)
{
    const int64_t day = 86400000000000, now = thread_lock_port_now();
    const bool longer = until - now > day;
    struct timespec t = {0};
    int e;

    if (until == THREAD_LOCK_FOREVER)
        return cnd_wait(&p->unparked, &p->mutex);
    if (longer)
        until = now + day;
    t.tv_sec = (time_t)(until / 1000000000);
    t.tv_nsec = (long)(until % 1000000000);
    e = cnd_timedwait(&p->unparked, &p->mutex, &t);
    return longer && e == thrd_timedout ? thrd_success : e;
}

/* woken is looked at under the mutex only, so that it is seen set when the
   unparking thread has done with *p. It is atomic for the sake of those race
   detectors that do not know mtx_t. */
static enum lock_error thread_lock_port_park(struct thread_lock_parker *p,
                                             int64_t until)
{
    enum lock_error e = LOCK_EOK;
    bool woken;

    if (mtx_lock(&p->mutex) != thrd_success)
        return LOCK_ESYSTEM;
    /* Acquire: see what the unparking thread wrote before. */
    while (!(woken = atomic_load_explicit(&p->woken, memory_order_acquire))
           && e == LOCK_EOK)
        switch (thread_lock_cnd_wait_(p, until)) {
        case thrd_success:  break;
        case thrd_timedout: e = LOCK_ETIMEDOUT; break;
        default:            e = LOCK_ESYSTEM; break;
        }
    if (woken)
        atomic_store_explicit(&p->woken, false, memory_order_relaxed);
    mtx_unlock(&p->mutex);
    return woken ? LOCK_EOK : e;
}

static void thread_lock_port_unpark(struct thread_lock_parker *p)
{
    /* No answer but success would do: someone sleeps until we get through. */
    while (mtx_lock(&p->mutex) != thrd_success)
        thrd_yield();
    /* Release: pairs with park. */
    atomic_store_explicit(&p->woken, true, memory_order_release);
    while (cnd_signal(&p->unparked) != thrd_success)
        thrd_yield();
    mtx_unlock(&p->mutex);
}

static void thread_lock_yield_(void)
{
    thrd_yield();
}

static void thread_lock_nap_(void)
{
    const struct timespec nap = {0, 50000};

    thrd_sleep(&nap, NULL);
}

#elif defined THREAD_LOCK_PORT_PTHREAD

#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <time.h>

/* <time.h> hides these where only -std=c11 is asked for. With 32 bits, which of
   two types of time they take is not for us to guess. */
#ifdef CLOCK_MONOTONIC
#define THREAD_LOCK_MONOTONIC_ CLOCK_MONOTONIC
#elif defined __linux__ && defined __LP64__
#define THREAD_LOCK_MONOTONIC_ 1
extern int clock_gettime(int clock, struct timespec *t);
extern int pthread_condattr_setclock(pthread_condattr_t *a, int clock);
extern int nanosleep(const struct timespec *t, struct timespec *left);
#else
#error "the headers hide CLOCK_MONOTONIC: define _POSIX_C_SOURCE as 200809L" \
    "before the first of them, or compile with -std=gnu11"
#endif

struct thread_lock_parker {
    pthread_mutex_t mutex;
    pthread_cond_t unparked;
    atomic_bool woken;
};

#ifdef THREAD_LOCK_DEBUG
static uintptr_t thread_lock_port_self(void)
{
    return (uintptr_t)pthread_self();
}
#endif

static int64_t thread_lock_port_now(void)
{
    struct timespec t = {0, 0};

    clock_gettime(THREAD_LOCK_MONOTONIC_, &t);
    return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

/* As with C11, a day at the most. */
static int thread_lock_cond_wait_(struct thread_lock_parker *p, int64_t until)
{
    const int64_t day = 86400000000000, now = thread_lock_port_now();
    struct timespec t = {0, 0};

    if (until < now)
        until = now;
    if (until - now > day)
        until = now + day;
#ifdef __APPLE__
    until -= now;
#endif
    t.tv_sec = (time_t)(until / 1000000000);
    t.tv_nsec = (long)(until % 1000000000);
#ifdef __APPLE__
    /* <pthread.h> hides it where _POSIX_C_SOURCE is defined. */
    extern int pthread_cond_timedwait_relative_np(
        pthread_cond_t *, pthread_mutex_t *, const struct timespec *);

    return pthread_cond_timedwait_relative_np(&p->unparked, &p->mutex, &t);
#else
    return pthread_cond_timedwait(&p->unparked, &p->mutex, &t);
#endif
}

static int thread_lock_cond_init_(pthread_cond_t *c)
{
#ifdef __APPLE__
    return pthread_cond_init(c, NULL);  /* its waits are relative */
#else
    pthread_condattr_t a;
    int e = pthread_condattr_init(&a);

    if (e != 0)
        return e;
    e = pthread_condattr_setclock(&a, THREAD_LOCK_MONOTONIC_);
    if (e == 0)
        e = pthread_cond_init(c, &a);
    pthread_condattr_destroy(&a);
    return e;
#endif
}

static enum lock_error thread_lock_port_init(struct thread_lock_parker *p)
{
    atomic_init(&p->woken, false);
    if (pthread_mutex_init(&p->mutex, NULL) != 0)
        return LOCK_ESYSTEM;
    if (thread_lock_cond_init_(&p->unparked) == 0)
        return LOCK_EOK;
    pthread_mutex_destroy(&p->mutex);
    return LOCK_ESYSTEM;
}

static void thread_lock_port_destroy(struct thread_lock_parker *p)
{
    pthread_cond_destroy(&p->unparked);
    pthread_mutex_destroy(&p->mutex);
}

/* As with C11: woken is looked at under the mutex only. A thread is not
   cancelled here, for it would leave its place in the queue behind. */
static enum lock_error thread_lock_port_park(struct thread_lock_parker *p,
                                             int64_t until)
{
    enum lock_error e = LOCK_EOK;
    int cancel, failed = 0;
    bool woken;

    if (pthread_mutex_lock(&p->mutex) != 0)
        return LOCK_ESYSTEM;
    pthread_setcancelstate(PTHREAD_CANCEL_DISABLE, &cancel);
    /* Acquire: see what the unparking thread wrote before. */
    while (!(woken = atomic_load_explicit(&p->woken, memory_order_acquire))
           && e == LOCK_EOK) {
        failed = thread_lock_cond_wait_(p, until);
        if (failed == ETIMEDOUT && thread_lock_port_now() >= until)
            e = LOCK_ETIMEDOUT;
        else if (failed != 0 && failed != ETIMEDOUT)
            e = LOCK_ESYSTEM;
    }
    if (woken)
        atomic_store_explicit(&p->woken, false, memory_order_relaxed);
    pthread_setcancelstate(cancel, NULL);
    pthread_mutex_unlock(&p->mutex);
    return woken ? LOCK_EOK : e;
}

static void thread_lock_port_unpark(struct thread_lock_parker *p)
{
    /* No answer but success would do: someone sleeps until we get through. */
    while (pthread_mutex_lock(&p->mutex) != 0)
        sched_yield();
    /* Release: pairs with park. */
    atomic_store_explicit(&p->woken, true, memory_order_release);
    while (pthread_cond_signal(&p->unparked) != 0)
        sched_yield();
    pthread_mutex_unlock(&p->mutex);
}

static void thread_lock_yield_(void)
{
    sched_yield();
}

static void thread_lock_nap_(void)
{
    const struct timespec nap = {0, 50000};
    const int saved = errno;
    int cancel;

    pthread_setcancelstate(PTHREAD_CANCEL_DISABLE, &cancel);
    nanosleep(&nap, NULL);
    pthread_setcancelstate(cancel, NULL);
    errno = saved;
}

#endif

#ifndef THREAD_LOCK_PORT_CUSTOM

/* First on the processor, then by yielding it, and at last, for who edits may
   have a lower priority than we, by a nap. */
static void thread_lock_port_pause(unsigned n)
{
    unsigned i;

    for (i = 0; n < 4 && i < 1u << n; i++) {
#if defined THREAD_LOCK_PORT_WIN32
        YieldProcessor();
#elif defined __x86_64__ || defined __i386__
        __builtin_ia32_pause();
#elif defined __aarch64__ || defined __ARM_ARCH_7A__
        __asm__ __volatile__("yield");
#endif
    }
    if (n >= 100)
        thread_lock_nap_();
    else if (n >= 4)
        thread_lock_yield_();
}

#endif /* >>port */

/* >>queue

   A ring of thread_lock_waiter, first->prev being the last, edited by whoever
   has set EDIT, so the links are plain. To the lock, a thread that sleeps is a
   loop whose post wakes it up.

   A waiter's `where` says whose it is:
       0           its owner's: it waits for nothing
       a lock      queued there; changed to and from that only under its EDIT
       PICKED_     out of the queue; a release is about to wake it, or has: the
                   thread then tries again
       OWNS_       the same, but it owns the lock already

   `owns_next` says which of the two it will be: OWNS_ for all continuations,
   and for a thread that was PICKED_ once and came too late. */

#define THREAD_LOCK_PICKED_ ((uintptr_t)1)
#define THREAD_LOCK_OWNS_ ((uintptr_t)2)

static inline void thread_lock_mark_(struct thread_lock_waiter *w, uintptr_t at)
{
    atomic_store_explicit(&w->where, at, memory_order_relaxed);
}

static struct thread_lock_waiter *thread_lock_first_(uintptr_t word)
{
    return (struct thread_lock_waiter *)(word & ~THREAD_LOCK_BITS_);
}

/* Begin an edit: wait until no one else edits, set EDIT, and return the word as
   it was. HELD is set as well, so that a try_acquire, which may not wait, can
   answer; only thread_lock_finish_ says what the word becomes.

   Acquire: see the links that the last editor wrote. */
static uintptr_t thread_lock_edit_(struct thread_lock *l, uintptr_t *mask)
{
    uintptr_t word = thread_lock_peek_(&l->word);
    unsigned n = 0;

    *mask = thread_lock_port_enter();
    for (;;) {
        if (word & THREAD_LOCK_EDIT_) {
            thread_lock_port_pause(n++);
            word = thread_lock_peek_(&l->word);
        } else if (thread_lock_take_(&l->word, &word,
                                     word | THREAD_LOCK_EDIT_
                                         | THREAD_LOCK_HELD_)) {
            return word;
        }
    }
}

/* Finish it. Release: the next editor sees our links, and if this sets the lock
   free, the next owner sees what the last one wrote. Do not touch *l after. */
static void thread_lock_finish_(struct thread_lock *l, uintptr_t word,
                                uintptr_t mask)
{
    atomic_store_explicit(&l->word, word, memory_order_release);
    thread_lock_port_leave(mask);
}

static uintptr_t thread_lock_insert_(uintptr_t word,
                                     struct thread_lock_waiter *w,
                                     bool in_front)
{
    struct thread_lock_waiter *first = thread_lock_first_(word);

    if (first == NULL) {
        w->next = w->prev = w;
        return word | (uintptr_t)w;
    }
    w->next = first;
    w->prev = first->prev;
    first->prev->next = w;
    first->prev = w;
    return in_front ? (word & THREAD_LOCK_BITS_) | (uintptr_t)w : word;
}

static uintptr_t thread_lock_remove_(uintptr_t word,
                                     struct thread_lock_waiter *w)
{
    w->prev->next = w->next;
    w->next->prev = w->prev;
    if (thread_lock_first_(word) != w)
        return word;
    word &= THREAD_LOCK_BITS_;
    return w->next == w ? word : word | (uintptr_t)w->next;
}

/* Take the lock if it is free (true), else queue w, if there is a w. */
static bool thread_lock_take_or_queue_(struct thread_lock *l,
                                       struct thread_lock_waiter *w,
                                       bool in_front)
{
    uintptr_t mask, word = thread_lock_edit_(l, &mask);
    const bool taken = !(word & THREAD_LOCK_HELD_);

    if (!taken && w != NULL) {
        thread_lock_mark_(w, (uintptr_t)l);
        word = thread_lock_insert_(word, w, in_front);
    }
    thread_lock_finish_(l, word | THREAD_LOCK_HELD_, mask);
    return taken;
}

/* Take w out of the queue of l; false if it is not there (any more). */
static bool thread_lock_unqueue_(struct thread_lock *l,
                                 struct thread_lock_waiter *w)
{
    uintptr_t mask, word = thread_lock_edit_(l, &mask);
    const bool queued = thread_lock_peek_(&w->where) == (uintptr_t)l;

    if (queued) {
        word = thread_lock_remove_(word, w);
        thread_lock_mark_(w, 0);
    }
    thread_lock_finish_(l, word, mask);
    return queued;
}

/* >>debug: what a debug build does more, and in a normal one is not there. */

#ifdef THREAD_LOCK_DEBUG

#ifndef THREAD_LOCK_DEBUG_NS
#define THREAD_LOCK_DEBUG_NS 1000000000
#endif

#ifndef THREAD_LOCK_DEBUG_HOOK
#define THREAD_LOCK_DEBUG_HOOK thread_lock_print_
#include <errno.h>
#include <stdio.h>

static void thread_lock_print_(const struct thread_lock_report *r)
{
    const int saved = errno;

    fprintf(stderr,
            "thread_lock %p: thread %lu has waited at %s for %lu ms, "
            "thread %lu has held it from %s for %lu ms\n",
            (const void *)r->lock, (unsigned long)r->waiter_thread,
            r->waiter != NULL ? r->waiter : "?",
            (unsigned long)(r->waited_ns / 1000000),
            (unsigned long)r->holder_thread,
            r->holder != NULL ? r->holder : "?",
            (unsigned long)(r->held_ns / 1000000));
    errno = saved;
}
#endif

/* A scope of its own, for it may be any expression. */
static int64_t thread_lock_debug_ns_(void)
{
    return THREAD_LOCK_DEBUG_NS;
}

static uintptr_t thread_lock_now_ms_(void)
{
    return (uintptr_t)(thread_lock_port_now() / 1000000);
}

static void thread_lock_note_owner_(struct thread_lock *l, const char *site,
                                    uintptr_t thread)
{
    atomic_store_explicit(&l->site, (uintptr_t)site, memory_order_relaxed);
    atomic_store_explicit(&l->thread, thread, memory_order_relaxed);
    atomic_store_explicit(&l->since, thread_lock_now_ms_(),
                          memory_order_relaxed);
}

static void thread_lock_note_waiter_(struct thread_lock_waiter *w,
                                     const char *site)
{
    w->site = site;
    w->thread = thread_lock_port_self();
    w->since = thread_lock_port_now();
}

static void thread_lock_report_(const struct thread_lock *l,
                                const struct thread_lock_waiter *w)
{
    const int64_t waited = thread_lock_port_now() - w->since;
    const intptr_t held =
        (intptr_t)(thread_lock_now_ms_() - thread_lock_peek_(&l->since));
    const uintptr_t site = thread_lock_peek_(&l->site);
    const struct thread_lock_report r = {
        .lock = l,
        .waiter = w->site,
        .waiter_thread = w->thread,
        .waited_ns = waited < 0 ? 0 : waited,
        .holder = (const char *)site,
        .holder_thread = thread_lock_peek_(&l->thread),
        .held_ns = held < 0 ? 0 : (int64_t)held * 1000000};

    THREAD_LOCK_DEBUG_HOOK(&r);
}

/* Park, and report each time that one more period of the wait is over. */
static enum lock_error thread_lock_watch_(const struct thread_lock *l,
                                          const struct thread_lock_waiter *w,
                                          struct thread_lock_parker *p,
                                          int64_t until)
{
    for (;;) {
        const int64_t period = thread_lock_debug_ns_();
        const int64_t now = thread_lock_port_now();
        const int64_t left = period - (now - w->since) % period;
        enum lock_error e;

        if (until - now <= left)
            return thread_lock_port_park(p, until);
        e = thread_lock_port_park(p, now + left);
        if (e != LOCK_ETIMEDOUT)
            return e;
        thread_lock_report_(l, w);
    }
}

#define THREAD_LOCK_AT_(site) , site    /* one argument more */
#else
#define thread_lock_note_owner_(l, site, thread) ((void)0)
#define thread_lock_note_waiter_(w, site) ((void)0)
#define thread_lock_watch_(l, w, p, until) thread_lock_port_park(p, until)
#define THREAD_LOCK_AT_(site)
#endif

/* >>release */

/* A release of a lock that is not simply held with no one waiting. */
THREAD_LOCK_DEF_ enum lock_error
thread_lock_release_slow_(struct thread_lock *l)
{
    struct thread_lock_waiter *w;
    struct lock_loop *loop;
    uintptr_t mask, word;
    bool owns;

    if (!thread_lock_locked(l))
        return LOCK_ENOTLOCKED;

    word = thread_lock_edit_(l, &mask);
    w = thread_lock_first_(word);
    if (w == NULL || !(word & THREAD_LOCK_HELD_)) {
        thread_lock_finish_(l, word & ~THREAD_LOCK_HELD_, mask);
        return word & THREAD_LOCK_HELD_ ? LOCK_EOK : LOCK_ENOTLOCKED;
    }

    /* Release: whoever finds that it owns the lock sees what we wrote. w cannot
       go away before the post, and may be gone when that returns. */
    word = thread_lock_remove_(word, w);
    loop = w->loop;
    owns = w->owns_next;
    if (owns)
        thread_lock_note_owner_(l, w->site, w->thread);
    atomic_store_explicit(&w->where,
                          owns ? THREAD_LOCK_OWNS_ : THREAD_LOCK_PICKED_,
                          memory_order_release);
    thread_lock_finish_(l, owns ? word : word & ~THREAD_LOCK_HELD_, mask);
    loop->post(loop, &w->job);
    return LOCK_EOK;
}

/* >>threads */

#ifndef THREAD_LOCK_NO_WAIT

/* A thread that waits; on its stack. */
struct thread_lock_sleeper_ {
    struct lock_loop loop;
    struct thread_lock_waiter waiter;
    struct thread_lock_parker parker;
};

static void thread_lock_wake_(struct lock_loop *loop, struct lock_job *job)
{
    (void)job;
    thread_lock_port_unpark(
        &((struct thread_lock_sleeper_ *)(void *)loop)->parker);
}

/* Look a few times before going to sleep, but not while others wait. */
THREAD_LOCK_CLANG_(no_thread_safety_analysis)
static bool thread_lock_spin_(struct thread_lock *l)
{
    uintptr_t word;
    unsigned n;

    for (n = 0; n != THREAD_LOCK_SPIN; n++) {
        if (thread_lock_try_acquire(l) == LOCK_EOK)
            return true;
        word = thread_lock_peek_(&l->word);
        if (thread_lock_first_(word) != NULL)
            return false;
        thread_lock_port_pause(n);
    }
    return false;
}

/* Sleep, queued, until picked, or give up. LOCK_EOK: *l is ours. LOCK_EPENDING:
   we were woken to try for it. Else: the wait is over, without it. */
static enum lock_error thread_lock_sleep_(struct thread_lock *l,
                                          struct thread_lock_sleeper_ *self,
                                          int64_t until, bool interruptible)
{
    enum lock_error e;

    do
        e = thread_lock_watch_(l, &self->waiter, &self->parker, until);
    while (e == LOCK_EINTR && !interruptible);

    if (e != LOCK_EOK) {
        if (thread_lock_unqueue_(l, &self->waiter))
            return thread_lock_try_acquire(l) == LOCK_EOK ? LOCK_EOK : e;
        /* Too late: a release has picked us, and will write to *self. */
        while (thread_lock_port_park(&self->parker, THREAD_LOCK_FOREVER)
               != LOCK_EOK)
            continue;
    }
    if (thread_lock_peek_(&self->waiter.where) == THREAD_LOCK_OWNS_)
        return LOCK_EOK;
    if (e == LOCK_EOK)
        return LOCK_EPENDING;
    /* The wake-up must not die with us: we take the lock, or another has it,
       whose release wakes the next. A try_acquire would not do, for a cancel
       that edits the queue of a free lock looks to it like an owner. */
    return thread_lock_take_or_queue_(l, NULL, false) ? LOCK_EOK : e;
}

static enum lock_error
thread_lock_wait_(struct thread_lock *l, int64_t until,
                  bool interruptible THREAD_LOCK_AT_(const char *site))
{
    struct thread_lock_sleeper_ self = {
        .loop = {thread_lock_wake_}, .waiter = {.loop = &self.loop}};
    enum lock_error e = LOCK_EPENDING;

    thread_lock_note_waiter_(&self.waiter, site);
    if (thread_lock_spin_(l))
        return LOCK_EOK;
    if (thread_lock_port_init(&self.parker) != LOCK_EOK)
        return LOCK_ESYSTEM;
    while (e == LOCK_EPENDING) {
        /* Who was woken in vain waits in front, and will not be again. */
        if (thread_lock_take_or_queue_(l, &self.waiter, self.waiter.owns_next))
            e = LOCK_EOK;
        else
            e = thread_lock_sleep_(l, &self, until, interruptible);
        self.waiter.owns_next = true;
    }
    thread_lock_port_destroy(&self.parker);
    return e;
}

THREAD_LOCK_CLANG_(no_thread_safety_analysis)
static enum lock_error
thread_lock_timed_(struct thread_lock *l, int64_t timeout_ns,
                   bool interruptible THREAD_LOCK_AT_(const char *site))
{
    int64_t until = THREAD_LOCK_FOREVER;

    if (thread_lock_try_acquire(l) == LOCK_EOK)
        return LOCK_EOK;
    if (timeout_ns <= 0)
        return LOCK_ETIMEDOUT;
    if (timeout_ns < THREAD_LOCK_FOREVER) {
        const int64_t now = thread_lock_port_now();

        if (timeout_ns < THREAD_LOCK_FOREVER - now)
            until = now + timeout_ns;
    }
    return thread_lock_wait_(l, until, interruptible THREAD_LOCK_AT_(site));
}

THREAD_LOCK_DEF_ enum lock_error
thread_lock_acquire_slow_(struct thread_lock *l)
{
    return thread_lock_wait_(l, THREAD_LOCK_FOREVER,
                             false THREAD_LOCK_AT_(NULL));
}

THREAD_LOCK_DEF_ enum lock_error thread_lock_acquire_for(struct thread_lock *l,
                                                         int64_t timeout_ns)
{
    return thread_lock_timed_(l, timeout_ns, false THREAD_LOCK_AT_(NULL));
}

THREAD_LOCK_DEF_ enum lock_error
thread_lock_acquire_interruptible(struct thread_lock *l, int64_t timeout_ns)
{
    return thread_lock_timed_(l, timeout_ns, true THREAD_LOCK_AT_(NULL));
}

/* Python's arguments as a time limit, or -1 where they make no sense. */
static int64_t thread_lock_limit_(bool blocking, double timeout_s)
{
    const double ns = timeout_s * 1e9;
    int64_t whole;

    if (timeout_s == -1)
        return THREAD_LOCK_FOREVER;
    /* Asked this way round, so that NaN is refused too. */
    if (!blocking || !(timeout_s >= 0 && timeout_s <= THREAD_LOCK_TIMEOUT_MAX))
        return -1;
    whole = (int64_t)ns;
    return whole + ((double)whole < ns);
}

THREAD_LOCK_DEF_ enum lock_error
thread_lock_acquire_ex(struct thread_lock *l, bool blocking, double timeout_s)
{
    const int64_t ns = thread_lock_limit_(blocking, timeout_s);

    if (ns < 0)
        return LOCK_EINVAL;
    return blocking ? thread_lock_acquire_interruptible(l, ns)
                    : thread_lock_try_acquire(l);
}

#endif /* THREAD_LOCK_NO_WAIT */

/* >>continuations */

/* Acquire: see what the thread wrote that handed the lock over. */
static void thread_lock_run_(struct lock_job *job)
{
    struct thread_lock_waiter *w = (struct thread_lock_waiter *)(void *)(
        (char *)job - offsetof(struct thread_lock_waiter, job));

    (void)atomic_load_explicit(&w->where, memory_order_acquire);
    thread_lock_mark_(w, 0);
    w->fn(w->arg, LOCK_EOK);    /* *w may be gone when it returns */
}

THREAD_LOCK_DEF_ enum lock_error
thread_lock_acquire_async(struct thread_lock *l, struct thread_lock_waiter *w,
                          struct lock_loop *loop, lock_fn *fn, void *arg)
{
    if (w == NULL || loop == NULL || fn == NULL
        || thread_lock_peek_(&w->where) != 0)
        return LOCK_EINVAL;
    if (thread_lock_try_acquire(l) == LOCK_EOK)
        return LOCK_EOK;
    w->job.run = thread_lock_run_;
    w->loop = loop;
    w->fn = fn;
    w->arg = arg;
    w->owns_next = true;
    return thread_lock_take_or_queue_(l, w, false) ? LOCK_EOK : LOCK_EPENDING;
}

/* The first look spares a lock that may be gone together with w's wait. */
THREAD_LOCK_DEF_ enum lock_error
thread_lock_cancel(struct thread_lock *l, struct thread_lock_waiter *w)
{
    if (w == NULL || thread_lock_peek_(&w->where) != (uintptr_t)l
        || !thread_lock_unqueue_(l, w))
        return LOCK_ENOTWAITING;
    return LOCK_EOK;
}

#ifdef THREAD_LOCK_DEBUG

THREAD_LOCK_DEF_ enum lock_error
thread_lock_try_acquire_at_(struct thread_lock *l, const char *site)
{
    const enum lock_error e = thread_lock_try_acquire(l);

    if (e == LOCK_EOK)
        thread_lock_note_owner_(l, site, thread_lock_port_self());
    return e;
}

THREAD_LOCK_DEF_ enum lock_error
thread_lock_acquire_at_(struct thread_lock *l, int64_t timeout_ns,
                        bool interruptible, const char *site)
{
    const enum lock_error e =
        thread_lock_timed_(l, timeout_ns, interruptible, site);

    if (e == LOCK_EOK)
        thread_lock_note_owner_(l, site, thread_lock_port_self());
    return e;
}

THREAD_LOCK_DEF_ enum lock_error
thread_lock_acquire_ex_at_(struct thread_lock *l, bool blocking,
                           double timeout_s, const char *site)
{
    const int64_t ns = thread_lock_limit_(blocking, timeout_s);

    if (ns < 0)
        return LOCK_EINVAL;
    return blocking ? thread_lock_acquire_at_(l, ns, true, site)
                    : thread_lock_try_acquire_at_(l, site);
}

THREAD_LOCK_DEF_ enum lock_error
thread_lock_acquire_async_at_(struct thread_lock *l,
                              struct thread_lock_waiter *w,
                              struct lock_loop *loop, lock_fn *fn, void *arg,
                              const char *site)
{
    enum lock_error e;

    if (w != NULL && loop != NULL && fn != NULL
        && thread_lock_peek_(&w->where) == 0)
        thread_lock_note_waiter_(w, site);
    e = thread_lock_acquire_async(l, w, loop, fn, arg);
    if (e == LOCK_EOK)
        thread_lock_note_owner_(l, site, thread_lock_port_self());
    return e;
}

THREAD_LOCK_DEF_ void
thread_lock_debug_check(const struct thread_lock *l,
                        const struct thread_lock_waiter *w)
{
    if (thread_lock_peek_(&w->where) == (uintptr_t)l
        && thread_lock_port_now() - w->since >= thread_lock_debug_ns_())
        thread_lock_report_(l, w);
}

#endif /* THREAD_LOCK_DEBUG */

#endif /* THREAD_LOCK_IMPLEMENTATION_INCLUDED */
#endif

/* Here, and not above, for the implementation means the functions. */
#ifdef THREAD_LOCK_DEBUG
#define THREAD_LOCK_HERE_ __FILE__ ":" THREAD_LOCK_STRING_(__LINE__)
#define THREAD_LOCK_STRING_(line) THREAD_LOCK_STRING2_(line)
#define THREAD_LOCK_STRING2_(line) #line

#define thread_lock_try_acquire(l) \
    thread_lock_try_acquire_at_(l, THREAD_LOCK_HERE_)
#define thread_lock_acquire(l) \
    thread_lock_acquire_at_(l, THREAD_LOCK_FOREVER, false, THREAD_LOCK_HERE_)
#define thread_lock_acquire_for(l, timeout_ns) \
    thread_lock_acquire_at_(l, timeout_ns, false, THREAD_LOCK_HERE_)
#define thread_lock_acquire_interruptible(l, timeout_ns) \
    thread_lock_acquire_at_(l, timeout_ns, true, THREAD_LOCK_HERE_)
#define thread_lock_acquire_ex(l, blocking, timeout_s) \
    thread_lock_acquire_ex_at_(l, blocking, timeout_s, THREAD_LOCK_HERE_)
#define thread_lock_acquire_async(l, w, loop, fn, arg) \
    thread_lock_acquire_async_at_(l, w, loop, fn, arg, THREAD_LOCK_HERE_)
#define thread_lock_enter_(l) thread_lock_enter_at_(l, THREAD_LOCK_HERE_)
#endif
