/* lock.h - 1.0.0 - Python's threading.Lock for C and C++, in one zeroed word
   SPDX-License-Identifier: 0BSD

   Threads block on it, event loops await it without blocking, timers cancel a
   wait, and any thread may release it. Copy this one file.

>>example
       #define THREAD_LOCK_IMPLEMENTATION
       #include "lock.h"
       #include <stdio.h>

       static struct thread_lock lock;      // zeroed memory is a free lock
       static long total = 40;

       int main(void)                       // and any other thread
       {
           thread_lock_acquire(&lock);
           total += 2;
           thread_lock_release(&lock);
           printf("total: %ld\n", total);
       }

>>promises
   - There is at most one owner at a time. No waiter is lost. Every wait ends in
     one of two ways: it got the lock and is told so, or it did not get it.
   - A release does not touch the lock once another thread can acquire it. That
     thread may free the lock's memory even before the release returns.
   - Threads and continuations wait in one queue. A release wakes the first if
     it is a thread, or hands the lock over if it is a continuation. A running
     thread may take the lock before the woken one runs (barging). The woken one
     then goes to the front and will be handed the lock. It looks for that for
     up to 20 us before it sleeps (but not in an interruptible wait).
   - No globals, no thread-local storage, no allocation, no init, no destroy.
   - A refused call changes nothing. No call changes errno.

>>memory
   A thread_lock_waiter is yours until acquire_async returns LOCK_EPENDING. From
   then on it belongs to the library and must stay where it is, until its fn is
   entered or a cancel returns LOCK_EOK. Zero it once, before its first use.

   A lock and a waiter must outlive every cancel that is running on them. A
   waiting thread keeps its place in the queue on its stack, so nobody may end
   it: no TerminateThread, vTaskDelete, or pthread_exit out of a signal handler.

>>limits
   Not recursive: an owner that acquires again waits for itself. No priority
   inheritance, because the lock does not know its owner. Not for memory that
   processes share. A signal handler may call try_acquire and locked only; an
   interrupt handler also release and acquire_async, if the port masks it (see
   >>port). In the child of a fork, l = (struct thread_lock)THREAD_LOCK_INIT
   makes a lock free again. If post itself releases this lock, releases recurse.

   While a thread edits the queue of a free lock (a cancel, a wait that gives
   up, a refused release), the lock looks held for a few instructions:
   try_acquire and locked may say so, and a wait whose time is up.

>>configuration: the same in all files of a program
   THREAD_LOCK_IMPLEMENTATION  adds the bodies; in one file only
   THREAD_LOCK_STATIC          adds the bodies, static, in every file
   THREAD_LOCK_PORT_LINUX      futex; a signal can end a wait
   THREAD_LOCK_PORT_WIN32      WaitOnAddress: link with -lsynchronization
   THREAD_LOCK_PORT_PTHREAD    POSIX threads; for macOS, the BSDs and others
   THREAD_LOCK_PORT_C11        <threads.h> only. Its clock is the wall clock. Do
                               not pthread_cancel a waiting thread with it
   THREAD_LOCK_PORT_CUSTOM     your own, for example for an RTOS: see >>port
   THREAD_LOCK_NO_WAIT         for bare metal: only try_acquire, release,
                               locked, acquire_async and cancel
   THREAD_LOCK_SPIN            looks before a sleep: 10, or 0 with a custom
   port.
                               0: the next owner does not stay awake either
   THREAD_LOCK_DEBUG           report waits that last too long: see >>debug
   THREAD_LOCK_ANALYSIS        annotate for clang's -Wthread-safety (C only)  */

#ifndef THREAD_LOCK_H_INCLUDED
#define THREAD_LOCK_H_INCLUDED
#define THREAD_LOCK_VERSION_MAJOR 1
#define THREAD_LOCK_VERSION_MINOR 0
#define THREAD_LOCK_VERSION_PATCH 0
#define THREAD_LOCK_VERSION "1.0.0"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* By the system's own macros. __has_include(<threads.h>) would not do: newlib
   has that header, and an #error in it. */
#if defined THREAD_LOCK_PORT_CUSTOM || defined THREAD_LOCK_PORT_LINUX \
    || defined THREAD_LOCK_PORT_WIN32 || defined THREAD_LOCK_PORT_C11 \
    || defined THREAD_LOCK_PORT_PTHREAD || defined THREAD_LOCK_NO_WAIT
/* the user has decided */
#elif defined __ZEPHYR__ || defined INC_FREERTOS_H || defined TX_API_H \
    || defined RIOT_VERSION
#error "this is a real-time system, or its simulator: define" \
    "THREAD_LOCK_PORT_CUSTOM and copy a port from examples/firmware/ports"
#elif defined __linux__
#define THREAD_LOCK_PORT_LINUX
#elif defined _WIN32
#define THREAD_LOCK_PORT_WIN32
#elif defined __APPLE__ || defined __unix__ || defined __HAIKU__ \
    || defined __QNX__ || defined __rtems__ || defined __EMSCRIPTEN__
#define THREAD_LOCK_PORT_PTHREAD
#else
#error "unknown system: define THREAD_LOCK_PORT_C11 (if it has <threads.h>)," \
    "THREAD_LOCK_PORT_PTHREAD, THREAD_LOCK_PORT_CUSTOM, or THREAD_LOCK_NO_WAIT"
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
#ifndef THREAD_LOCK_HAS_EINTR   /* a custom port may define it as 1 */
#define THREAD_LOCK_HAS_EINTR 0
#endif

#ifdef __cplusplus
#define THREAD_LOCK_INIT {}
#define THREAD_LOCK_WAITER_INIT {}
#define THREAD_LOCK_ALIGN_ alignas(8)
#define THREAD_LOCK_CXX_ extern "C++"   /* also inside a user's extern "C" */
extern "C" {
#else
#define THREAD_LOCK_CXX_
#define THREAD_LOCK_INIT {0}
#define THREAD_LOCK_WAITER_INIT {0}
#define THREAD_LOCK_ALIGN_ _Alignas(8)
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

#ifdef THREAD_LOCK_STATIC
#define THREAD_LOCK_API_ static inline
#else
#define THREAD_LOCK_API_ extern
#endif

/* A debug build's structs are larger, so its functions have other names: files
   of both builds do not link. AT_: static, except in a debug build, because its
   macros call it. */
#ifdef THREAD_LOCK_DEBUG
#define thread_lock_release_slow_ thread_lock_debug_release_slow_
#define thread_lock_acquire_slow_ thread_lock_debug_acquire_slow_
#define thread_lock_timed_ thread_lock_debug_timed_
#define thread_lock_await_ thread_lock_debug_await_
#define thread_lock_acquire_for thread_lock_debug_for_
#define thread_lock_acquire_interruptible thread_lock_debug_interruptible_
#define thread_lock_acquire_async thread_lock_debug_async_
#define thread_lock_cancel thread_lock_debug_cancel_
#ifdef __cplusplus      /* also its member functions, which files share */
#define thread_lock thread_lock_debug_
#endif
#define THREAD_LOCK_AT_ THREAD_LOCK_API_
#else
#define THREAD_LOCK_AT_ static
#endif

/* A caller that ignores such a result gets a warning; (void) silences it. */
#if defined __clang__
#define THREAD_LOCK_MUST_CHECK_ __attribute__((warn_unused_result))
#elif defined __cplusplus && __cplusplus >= 201703L \
    || defined __cplusplus && defined __GNUC__ && __GNUC__ >= 7 \
    || defined __STDC_VERSION__ && __STDC_VERSION__ >= 202311L
#define THREAD_LOCK_MUST_CHECK_ [[nodiscard]]
#elif defined __GNUC__ && __GNUC__ >= 11 && !defined __cplusplus
#define THREAD_LOCK_MUST_CHECK_ __extension__ [[nodiscard]]
#else
#define THREAD_LOCK_MUST_CHECK_
#endif

/* With THREAD_LOCK_ANALYSIS, clang's -Wthread-safety finds a missing release,
   and data with __attribute__((guarded_by(lock))) that is used without lock. It
   believes that acquire cannot fail, and sees other results if they are
   compared with LOCK_EOK. Not for a lock that one function acquires, another
   releases. */
#if defined THREAD_LOCK_ANALYSIS && defined __clang__ && !defined __cplusplus
#define THREAD_LOCK_CLANG_(attribute) __attribute__((attribute))
#define LOCK_EOK 0
#else
#define THREAD_LOCK_CLANG_(attribute)
#endif
#define THREAD_LOCK_DOES_(what) \
    THREAD_LOCK_CLANG_(what) THREAD_LOCK_CLANG_(no_thread_safety_analysis)

/* >>interface */
struct thread_lock;         /* zeroed memory, or THREAD_LOCK_INIT, is free */
struct thread_lock_waiter;  /* zero it once, or use THREAD_LOCK_WAITER_INIT */

/* Times are in nanoseconds. MS and S convert an integer of any type; the result
   must fit into an int64_t. FOREVER is no limit. TIMEOUT_MAX is the longest
   limit of acquire_ex, in seconds. (threading.TIMEOUT_MAX) */
#define THREAD_LOCK_MS(n) ((int64_t)(n) * 1000000)
#define THREAD_LOCK_S(n) ((int64_t)(n) * 1000000000)
#define THREAD_LOCK_FOREVER INT64_MAX
#define THREAD_LOCK_TIMEOUT_MAX 9223372036.0

/* Acquire the lock if it is free. Never waits or spins. Returns LOCK_EOK or
   LOCK_EBUSY. (threading.Lock.acquire(blocking=False)) */
THREAD_LOCK_MUST_CHECK_
static inline enum lock_error thread_lock_try_acquire(struct thread_lock *l)
    THREAD_LOCK_DOES_(try_acquire_capability(0, *l));

/* Release the lock; any thread may. Returns LOCK_EOK, or LOCK_ENOTLOCKED if the
   lock is free (Python's RuntimeError). (threading.Lock.release) */
static inline enum lock_error thread_lock_release(struct thread_lock *l)
    THREAD_LOCK_DOES_(release_capability(*l));

/* Tell whether the lock is held at this moment. (threading.Lock.locked) */
static inline bool thread_lock_locked(const struct thread_lock *l);

#ifndef THREAD_LOCK_NO_WAIT
/* Acquire the lock, however long that takes and whatever signals arrive.
   Returns LOCK_EOK, or LOCK_ESYSTEM if this thread cannot wait.
   (threading.Lock.acquire) */
static inline enum lock_error thread_lock_acquire(struct thread_lock *l)
    THREAD_LOCK_DOES_(acquire_capability(*l));

/* Do the same within timeout_ns nanoseconds; if that is 0 or less, try once. It
   may also return LOCK_ETIMEDOUT. (threading.Lock.acquire(timeout=...)) */
THREAD_LOCK_MUST_CHECK_ THREAD_LOCK_API_ enum lock_error
thread_lock_acquire_for(struct thread_lock *l, int64_t timeout_ns)
    THREAD_LOCK_DOES_(try_acquire_capability(0, *l));

/* Do what acquire_for does. If THREAD_LOCK_HAS_EINTR is 1, a signal can end the
   wait: it returns LOCK_EINTR after a signal handler has run in this thread
   while it waited, with SA_RESTART or without. */
THREAD_LOCK_MUST_CHECK_ THREAD_LOCK_API_ enum lock_error
thread_lock_acquire_interruptible(struct thread_lock *l, int64_t timeout_ns)
    THREAD_LOCK_DOES_(try_acquire_capability(0, *l));

/* Do what Python's acquire(blocking=True, timeout=-1) does, interruptibly.
   timeout_s is in seconds, rounded up to nanoseconds; -1 means no limit.
   Returns LOCK_EOK; LOCK_EBUSY if not blocking; LOCK_ETIMEDOUT, also for 0;
   LOCK_EINTR; LOCK_ESYSTEM; LOCK_EINVAL if timeout_s is not -1 and not
   blocking, or if it is negative but not -1, NaN, or more than
   THREAD_LOCK_TIMEOUT_MAX. (threading.Lock.acquire) */
THREAD_LOCK_MUST_CHECK_ static inline enum lock_error
thread_lock_acquire_ex(struct thread_lock *l, bool blocking, double timeout_s)
    THREAD_LOCK_DOES_(try_acquire_capability(0, *l));
#endif /* THREAD_LOCK_NO_WAIT */

/* Acquire the lock now or later, without blocking. Returns LOCK_EOK if it was
   acquired now; fn is then not called. Returns LOCK_EPENDING if w was queued:
   the thread that hands the lock over calls loop->post, once, before its
   release returns, and the loop runs fn(arg, LOCK_EOK), once, as the owner.
   post must be thread-safe, and may use the lock. Returns LOCK_EINVAL if w,
   loop or fn is NULL, or if w waits already. */
THREAD_LOCK_MUST_CHECK_ THREAD_LOCK_API_ enum lock_error
thread_lock_acquire_async(struct thread_lock *l, struct thread_lock_waiter *w,
                          struct lock_loop *loop, lock_fn *fn, void *arg)
    THREAD_LOCK_DOES_(try_acquire_capability(0, *l));

/* Cancel such a wait, from any thread: for example from a timer, to limit it.
   Returns LOCK_EOK if fn will never run; *w is yours again. Returns
   LOCK_ENOTWAITING if w never waited for l, or if the lock was handed over
   already: fn has run or will run, and *w belongs to the library until then. */
THREAD_LOCK_MUST_CHECK_ THREAD_LOCK_API_ enum lock_error
thread_lock_cancel(struct thread_lock *l, struct thread_lock_waiter *w);

/* THREAD_LOCK_WITH(l) { ... }: hold l for the block. Releases l however the
   block is left: at its end, by break (which leaves this block), return or
   goto. Skips the block if the acquire fails. Not defined if the compiler
   cannot do that. (with lock:) */
#if defined __has_attribute && !defined THREAD_LOCK_NO_WAIT
#if __has_attribute(cleanup)
#define THREAD_LOCK_WITH(l) \
    THREAD_LOCK_WITH_(l, THREAD_LOCK_PASTE_(thread_lock_guard_, __COUNTER__))
#endif
#endif

/* >>hooks
   An observer learns here that w begins to wait (`until` is 0 if it is not a
   thread), that its thread still waits, that this thread got the lock, that w
   is handed it, and that this thread is about to let it go. `site` is the place
   of the call, "file.c:12", or NULL. A normal build has no observer. */
#ifndef THREAD_LOCK_DEBUG
#define thread_lock_on_wait_(l, w, until, site) ((void)(site))
#define thread_lock_on_park_(l, w, p, until) thread_lock_port_park(p, until)
#define thread_lock_got_(l, site) ((void)(site), (enum lock_error)LOCK_EOK)
#define thread_lock_on_hand_over_(l, w) ((void)0)
#define thread_lock_on_release_(l) ((void)0)
#define THREAD_LOCK_HERE_ NULL
#define thread_lock_try_at_(l, site) thread_lock_try_acquire(l)
#define thread_lock_acquire_at_(l, site) thread_lock_acquire(l)
#define thread_lock_interruptible_at_(l, ns, site) \
    thread_lock_acquire_interruptible(l, ns)
#else
struct thread_lock_parker;
THREAD_LOCK_API_ void
thread_lock_on_wait_(struct thread_lock *l, struct thread_lock_waiter *w,
                     int64_t until, const char *site);
THREAD_LOCK_API_ enum lock_error
thread_lock_on_park_(struct thread_lock *l, struct thread_lock_waiter *w,
                     struct thread_lock_parker *p, int64_t until);
THREAD_LOCK_API_ enum lock_error
thread_lock_got_(struct thread_lock *l, const char *site);
THREAD_LOCK_API_ void
thread_lock_note_(struct thread_lock *l, const char *site, uintptr_t thread);
#define thread_lock_on_hand_over_(l, w) \
    thread_lock_note_(l, (w)->site, (w)->thread)
#define thread_lock_on_release_(l) \
    (thread_lock_locked(l) ? thread_lock_note_(l, NULL, 0) : (void)0)
THREAD_LOCK_MUST_CHECK_ THREAD_LOCK_API_ enum lock_error
thread_lock_timed_(struct thread_lock *l, int64_t timeout_ns,
                   bool interruptible, const char *site);
THREAD_LOCK_MUST_CHECK_ THREAD_LOCK_API_ enum lock_error
thread_lock_await_(struct thread_lock *l, struct thread_lock_waiter *w,
                   struct lock_loop *loop, lock_fn *fn, void *arg,
                   const char *site);
/* Report w if it has waited for l for THREAD_LOCK_DEBUG_NS or longer. Call this
   in the thread that queued w, and only while you may cancel w. */
THREAD_LOCK_API_ void
thread_lock_debug_check(const struct thread_lock *l,
                        const struct thread_lock_waiter *w);
#endif

THREAD_LOCK_API_ enum lock_error
thread_lock_release_slow_(struct thread_lock *l);
#ifndef THREAD_LOCK_NO_WAIT
THREAD_LOCK_API_ enum lock_error
thread_lock_acquire_slow_(struct thread_lock *l);
#endif
#ifdef __cplusplus
}
#endif

/* >>word
       bits  3...            1      0
           +--------------+------+------+
           | first waiter | EDIT | HELD |
           +--------------+------+------+
             NULL            0      0     free: all zeroes
             NULL            0      1     held, and nobody waits
             w               0      1     held. The next release wakes w, or
                                          hands w the lock
             w               0      0     free. A waiter before w was woken and
                                          is on its way to the lock
             any             1      1     one thread edits the queue. No other
                                          thread changes the word until that
                                          thread has finished

   Why no waiter is forgotten: a release that sets the lock free wakes a waiter.
   A thread that is awake either takes the lock, or finds, in an edit of its
   own, that another thread owns it. The release of that owner wakes the next.
   EDIT never stands without HELD, so try_acquire always has an answer. A thread
   that sees both bits does not know whether the lock is held or free. */
#define THREAD_LOCK_HELD_ ((uintptr_t)1)
#define THREAD_LOCK_EDIT_ ((uintptr_t)2)
#define THREAD_LOCK_BITS_ ((uintptr_t)3)

/* C11's atomics; the last argument is the memory order. Before C++23, C++ has
   none, so its words are plain ones of the same size. SWAP_ is a weak
   compare-and-swap: it may fail for no reason. */
#if !defined __cplusplus
#include <stdatomic.h>
#define THREAD_LOCK_ATOMIC_(type) _Atomic(type)
#define THREAD_LOCK_LOAD_(p, order) \
    atomic_load_explicit(p, memory_order_##order)
#define THREAD_LOCK_STORE_(p, value, order) \
    atomic_store_explicit(p, value, memory_order_##order)
#define THREAD_LOCK_SWAP_(p, seen, value, order) \
    atomic_compare_exchange_weak_explicit( \
        p, seen, value, memory_order_##order, memory_order_relaxed)
#elif defined __GNUC__ || defined __clang__
#define THREAD_LOCK_ATOMIC_(type) type
#define THREAD_LOCK_relaxed_ __ATOMIC_RELAXED
#define THREAD_LOCK_acquire_ __ATOMIC_ACQUIRE
#define THREAD_LOCK_release_ __ATOMIC_RELEASE
#define THREAD_LOCK_LOAD_(p, order) __atomic_load_n(p, THREAD_LOCK_##order##_)
#define THREAD_LOCK_STORE_(p, value, order) \
    __atomic_store_n(p, value, THREAD_LOCK_##order##_)
#define THREAD_LOCK_SWAP_(p, seen, value, order) \
    __atomic_compare_exchange_n(p, seen, value, true, THREAD_LOCK_##order##_, \
                                __ATOMIC_RELAXED)
#else
#include <atomic>
#define THREAD_LOCK_ATOMIC_(type) type
THREAD_LOCK_CXX_ template <class Word>
std::atomic<Word> *thread_lock_std_(const Word *p)
{
    return reinterpret_cast<std::atomic<Word> *>(const_cast<Word *>(p));
}
#define THREAD_LOCK_LOAD_(p, order) \
    thread_lock_std_(p)->load(std::memory_order_##order)
#define THREAD_LOCK_STORE_(p, value, order) \
    thread_lock_std_(p)->store(value, std::memory_order_##order)
#define THREAD_LOCK_SWAP_(p, seen, value, order) \
    thread_lock_std_(p)->compare_exchange_weak( \
        *(seen), value, std::memory_order_##order, std::memory_order_relaxed)
#endif
typedef THREAD_LOCK_ATOMIC_(uintptr_t) thread_lock_word_;

/* In C++, std::lock_guard and its kin accept a lock. (std::timed_mutex) */
THREAD_LOCK_CXX_ struct THREAD_LOCK_CLANG_(capability("lock")) thread_lock {
    thread_lock_word_ word;
#ifdef THREAD_LOCK_DEBUG
    thread_lock_word_ site, thread, since;  /* of the owner; since is in ms */
#endif
#ifdef __cplusplus
    THREAD_LOCK_MUST_CHECK_ bool try_lock();
    void unlock();
    void lock() noexcept;   /* std::terminate if this thread cannot wait */
    template <class Duration>
    THREAD_LOCK_MUST_CHECK_ bool try_lock_for(const Duration &limit);
    template <class Time>
    THREAD_LOCK_MUST_CHECK_ bool try_lock_until(const Time &deadline);
#endif
};

/* A waiter must not move while it waits. See >>queue. */
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

/* >>inline */
/* Relaxed: the value is a guess that a compare-and-swap confirms, or an edit or
   a park has ordered it. */
static inline uintptr_t thread_lock_peek_(const thread_lock_word_ *p)
{
    return THREAD_LOCK_LOAD_(p, relaxed);
}

/* Acquire: the new owner sees what the last owner wrote. */
static inline bool thread_lock_take_(thread_lock_word_ *p, uintptr_t *seen,
                                     uintptr_t to)
{
    return THREAD_LOCK_SWAP_(p, seen, to, acquire);
}

static inline bool thread_lock_locked(const struct thread_lock *l)
{
    return (thread_lock_peek_(&l->word) & THREAD_LOCK_HELD_) != 0;
}

static inline bool thread_lock_try_(struct thread_lock *l)
{
    uintptr_t word = thread_lock_peek_(&l->word);

    while (!(word & THREAD_LOCK_HELD_))
        if (thread_lock_take_(&l->word, &word, word | THREAD_LOCK_HELD_))
            return true;
    return false;
}

static inline enum lock_error thread_lock_try_acquire(struct thread_lock *l)
{
    return thread_lock_try_(l) ? thread_lock_got_(l, NULL) : LOCK_EBUSY;
}

static inline enum lock_error thread_lock_release(struct thread_lock *l)
{
    uintptr_t word = THREAD_LOCK_HELD_;

    thread_lock_on_release_(l);
    /* Release: the next owner sees what this owner wrote. */
    if (THREAD_LOCK_SWAP_(&l->word, &word, 0, release))
        return LOCK_EOK;
    return thread_lock_release_slow_(l);
}

#ifndef THREAD_LOCK_NO_WAIT
static inline enum lock_error thread_lock_acquire(struct thread_lock *l)
{
    uintptr_t word = 0;

    if (thread_lock_take_(&l->word, &word, THREAD_LOCK_HELD_))
        return thread_lock_got_(l, NULL);
    return thread_lock_acquire_slow_(l);
}
#endif
#endif /* THREAD_LOCK_H_INCLUDED */

#if defined THREAD_LOCK_IMPLEMENTATION || defined THREAD_LOCK_STATIC
#ifndef THREAD_LOCK_IMPLEMENTATION_INCLUDED
#define THREAD_LOCK_IMPLEMENTATION_INCLUDED
/* >>port
   All that the rest of the file asks of the platform. A custom port defines
   struct thread_lock_parker and these functions before the implementation is
   included; they may be static. examples/firmware/ports has some to copy. With
   NO_WAIT, only pause, enter and leave are needed. */

#ifdef THREAD_LOCK_PORT_CUSTOM
#define THREAD_LOCK_PORT_ extern    /* fits static definitions too */
#define THREAD_LOCK_LOOKS_ 0
#else
#define THREAD_LOCK_PORT_ static
#define THREAD_LOCK_LOOKS_ 10
#endif
#ifndef THREAD_LOCK_SPIN
#define THREAD_LOCK_SPIN THREAD_LOCK_LOOKS_
#endif

#ifndef THREAD_LOCK_NO_WAIT
/* The place where one thread sleeps, on its stack. */
#if defined THREAD_LOCK_PORT_C11
#include <threads.h>
struct thread_lock_parker {
    mtx_t mutex;
    cnd_t unparked;
    THREAD_LOCK_ATOMIC_(uint32_t) woken;
};
#elif defined THREAD_LOCK_PORT_PTHREAD
#include <pthread.h>
struct thread_lock_parker {
    pthread_mutex_t mutex;
    pthread_cond_t unparked;
    THREAD_LOCK_ATOMIC_(uint32_t) woken;
};
#elif !defined THREAD_LOCK_PORT_CUSTOM
struct thread_lock_parker {
    THREAD_LOCK_ATOMIC_(uint32_t) woken;
};
#endif

/* Get *p ready. A thread that is about to wait calls this. Returns LOCK_EOK, or
   LOCK_ESYSTEM: the thread then neither waits nor calls destroy. */
THREAD_LOCK_PORT_ enum lock_error
thread_lock_port_init(struct thread_lock_parker *p);

/* The same thread's last call for p, after its last park has returned. */
THREAD_LOCK_PORT_ void thread_lock_port_destroy(struct thread_lock_parker *p);

/* Sleep until unparked: a binary semaphore. The same thread calls this, as
   often as it has to wait, after any result.
     LOCK_EOK        an unpark came, now or before: one LOCK_EOK for each. What
                     was written before the unpark is seen
     LOCK_ETIMEDOUT  the clock says `until` or later: never early, not even by a
                     part of a tick. Never for THREAD_LOCK_FOREVER
     LOCK_EINTR      a signal handler ran in this thread. Only if
                     THREAD_LOCK_HAS_EINTR is 1
     LOCK_ESYSTEM    the system refused
   The last three have consumed no unpark: the next park finds one that came at
   the last instant. It must not return for another reason: after a stray
   wake-up it sleeps again. Nothing may end the thread meanwhile. */
THREAD_LOCK_PORT_ enum lock_error
thread_lock_port_park(struct thread_lock_parker *p, int64_t until);

/* Wake p's sleeper, or let its next park return at once. A thread that releases
   calls this, once for each waiter that it wakes. It must not fail. Once park
   has returned, *p may be gone, even if unpark has not returned yet. */
THREAD_LOCK_PORT_ void thread_lock_port_unpark(struct thread_lock_parker *p);

/* Nanoseconds, 0 or more, on a clock that nobody sets, if there is one. A
   thread that waits calls this; in a debug build every acquire and release. */
THREAD_LOCK_PORT_ int64_t thread_lock_port_now(void);

#ifdef THREAD_LOCK_DEBUG    /* a number that no other thread has; not 0 */
THREAD_LOCK_PORT_ uintptr_t thread_lock_port_self(void);
#endif
#endif /* THREAD_LOCK_NO_WAIT */

/* Let others run, and return soon; n is how often in a row. A thread calls this
   between looks at a held lock, between enter and leave while another thread
   edits the queue, and, with n as 1, while it stays awake as the next owner. */
THREAD_LOCK_PORT_ void thread_lock_port_pause(unsigned n);

/* The caller edits a queue between these two: a few instructions, and pause (in
   a debug build also now). If a thread of higher priority or an interrupt
   handler uses the lock and could interrupt the editor, it would wait for the
   editor for ever. So enter must mask it, and returns what leave needs to undo
   that. */
THREAD_LOCK_PORT_ uintptr_t thread_lock_port_enter(void);
THREAD_LOCK_PORT_ void thread_lock_port_leave(uintptr_t mask);

/* >>queue
   A ring of thread_lock_waiter; first->prev is the last. The thread that has
   set EDIT edits it, so the links are plain. To the lock, a sleeping thread is
   a loop whose post wakes it.

   A waiter's `where` says to whom it belongs:
       0        to its owner. It does not wait
       a lock   to the queue of that lock. This changes only under its EDIT
       WOKEN_   to a release, which is about to wake its thread, or has: the
                thread then tries again
       OWNS_    the same, but the waiter owns the lock already

   If `owns_next` is true, the next release hands w the lock (OWNS_); else it
   only wakes it (WOKEN_). True for a continuation, and for a thread that was
   woken once and came too late. */
#define THREAD_LOCK_WOKEN_ ((uintptr_t)1)
#define THREAD_LOCK_OWNS_ ((uintptr_t)2)

/* Relaxed: an EDIT, a post or an unpark orders it. */
static inline void thread_lock_mark_(struct thread_lock_waiter *w, uintptr_t at)
{
    THREAD_LOCK_STORE_(&w->where, at, relaxed);
}

static struct thread_lock_waiter *thread_lock_first_(uintptr_t word)
{
    return (struct thread_lock_waiter *)(word & ~THREAD_LOCK_BITS_);
}

/* Begin an edit: wait until no other thread edits, set EDIT, and return the
   word as it was. HELD is set as well, so that try_acquire, which must not
   wait, has an answer. Only thread_lock_finish_ says what the word becomes.

   Acquire: this editor sees the links that the last editor wrote. */
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

/* Finish the edit. Release: the next editor sees these links. If this sets the
   lock free, the next owner sees what the last one wrote. From then on *l may
   be gone. */
static void thread_lock_finish_(struct thread_lock *l, uintptr_t word,
                                uintptr_t mask)
{
    THREAD_LOCK_STORE_(&l->word, word, release);
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

/* Take the lock if it is free (true). Else queue w, if there is a w. */
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

/* Take w out of the queue of l. False if it is not there, or no longer. */
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

/* >>release */
/* A release, unless the lock is held and nobody waits. */
THREAD_LOCK_API_ enum lock_error
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

    word = thread_lock_remove_(word, w);
    loop = w->loop;
    owns = w->owns_next;
    if (owns)
        thread_lock_on_hand_over_(l, w);
    /* Release: a waiter that finds itself the owner sees what this one wrote,
       also if its loop's post does not carry that. *w cannot go away before the
       post, and may be gone when that returns. */
    THREAD_LOCK_STORE_(&w->where, owns ? THREAD_LOCK_OWNS_ : THREAD_LOCK_WOKEN_,
                       release);
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
static bool thread_lock_spin_(struct thread_lock *l)
{
    unsigned n;

    for (n = 0; n != THREAD_LOCK_SPIN; n++) {
        if (thread_lock_try_(l))
            return true;
        if (thread_lock_first_(thread_lock_peek_(&l->word)) != NULL)
            return false;
        thread_lock_port_pause(n);
    }
    return false;
}

/* A thread that was woken in vain is awake, and the next release hands it the
   lock. So it looks for up to 20 us whether it is the owner before it sleeps
   again: most hand-overs within that time cost no wake-up. Bounded by a count,
   too, because a clock may tick in milliseconds. */
static void thread_lock_stay_awake_(struct thread_lock *l,
                                    struct thread_lock_waiter *w, int64_t until)
{
    int64_t now = thread_lock_port_now();
    const int64_t end = until - now < 20000 ? until : now + 20000;
    unsigned looks;

    for (looks = THREAD_LOCK_SPIN * 25; looks > 0 && now < end; looks--) {
        if (thread_lock_peek_(&w->where) != (uintptr_t)l)
            return;
        thread_lock_port_pause(1);
        now = thread_lock_port_now();
    }
}

/* Sleep, queued, until a release wakes this thread, or give up. LOCK_EOK: *l is
   ours. LOCK_EPENDING: try again. Else the wait is over, without *l. */
static enum lock_error thread_lock_sleep_(struct thread_lock *l,
                                          struct thread_lock_sleeper_ *self,
                                          int64_t until, bool interruptible)
{
    enum lock_error e;

    /* Not if a signal can end the wait: only park notices its handler. */
    if (THREAD_LOCK_SPIN != 0 && self->waiter.owns_next && !interruptible)
        thread_lock_stay_awake_(l, &self->waiter, until);
    do
        e = thread_lock_on_park_(l, &self->waiter, &self->parker, until);
    while (e == LOCK_EINTR && !interruptible);

    if (e != LOCK_EOK) {
        if (thread_lock_unqueue_(l, &self->waiter))
            return thread_lock_try_(l) ? LOCK_EOK : e;
        /* Too late: a release has picked us, and will write to *self. */
        while (thread_lock_port_park(&self->parker, THREAD_LOCK_FOREVER)
               != LOCK_EOK)
            continue;
    }
    if (thread_lock_peek_(&self->waiter.where) == THREAD_LOCK_OWNS_)
        return LOCK_EOK;
    if (e == LOCK_EOK)
        return LOCK_EPENDING;
    /* The wake-up must not die with this thread: it takes the lock, or another
       thread has it, whose release wakes the next. A try would not do, because
       a cancel that edits the queue of a free lock looks like an owner. */
    return thread_lock_take_or_queue_(l, NULL, false) ? LOCK_EOK : e;
}

static enum lock_error thread_lock_wait_(struct thread_lock *l, int64_t until,
                                         bool interruptible, const char *site)
{
    struct thread_lock_sleeper_ self;
    enum lock_error e = LOCK_EPENDING;

    self.loop.post = thread_lock_wake_;
    self.waiter.loop = &self.loop;
    self.waiter.owns_next = false;
    thread_lock_on_wait_(l, &self.waiter, until, site);
    if (thread_lock_spin_(l))
        return thread_lock_got_(l, site);
    if (thread_lock_port_init(&self.parker) != LOCK_EOK)
        return LOCK_ESYSTEM;
    while (e == LOCK_EPENDING) {
        /* At the front if it was woken in vain. */
        if (thread_lock_take_or_queue_(l, &self.waiter, self.waiter.owns_next))
            e = LOCK_EOK;
        else
            e = thread_lock_sleep_(l, &self, until, interruptible);
        self.waiter.owns_next = true;
    }
    thread_lock_port_destroy(&self.parker);
    return e == LOCK_EOK ? thread_lock_got_(l, site) : e;
}

THREAD_LOCK_AT_ enum lock_error
thread_lock_timed_(struct thread_lock *l, int64_t timeout_ns,
                   bool interruptible, const char *site)
{
    int64_t now = 0, until = THREAD_LOCK_FOREVER;

    if (thread_lock_try_(l))
        return thread_lock_got_(l, site);
    if (timeout_ns <= 0)
        return LOCK_ETIMEDOUT;
    if (timeout_ns < THREAD_LOCK_FOREVER)
        now = thread_lock_port_now();
    if (timeout_ns < THREAD_LOCK_FOREVER - now)
        until = now + timeout_ns;
    return thread_lock_wait_(l, until, interruptible, site);
}
#endif /* THREAD_LOCK_NO_WAIT */

/* >>continuations */
/* The job. Acquire: the continuation sees what the thread wrote that handed the
   lock over, also if its loop's post does not carry that. */
static void thread_lock_run_(struct lock_job *job)
{
    struct thread_lock_waiter *w = (struct thread_lock_waiter *)(void *)(
        (char *)job - offsetof(struct thread_lock_waiter, job));

    (void)THREAD_LOCK_LOAD_(&w->where, acquire);
    thread_lock_mark_(w, 0);
    w->fn(w->arg, LOCK_EOK);    /* *w may be gone when it returns */
}

THREAD_LOCK_AT_ enum lock_error
thread_lock_await_(struct thread_lock *l, struct thread_lock_waiter *w,
                   struct lock_loop *loop, lock_fn *fn, void *arg,
                   const char *site)
{
    if (w == NULL || loop == NULL || fn == NULL
        || thread_lock_peek_(&w->where) != 0)
        return LOCK_EINVAL;
    if (thread_lock_try_(l))
        return thread_lock_got_(l, site);
    w->job.run = thread_lock_run_;
    w->loop = loop;
    w->fn = fn;
    w->arg = arg;
    w->owns_next = true;
    thread_lock_on_wait_(l, w, 0, site);
    return thread_lock_take_or_queue_(l, w, false) ? thread_lock_got_(l, site)
                                                   : LOCK_EPENDING;
}

/* Look at w first: if it no longer waits, *l may be gone, so do not touch
   it. */
THREAD_LOCK_API_ enum lock_error
thread_lock_cancel(struct thread_lock *l, struct thread_lock_waiter *w)
{
    if (w == NULL || thread_lock_peek_(&w->where) != (uintptr_t)l
        || !thread_lock_unqueue_(l, w))
        return LOCK_ENOTWAITING;
    return LOCK_EOK;
}

/* >>calls out of line
   In parentheses: a debug build also has macros of these names. */
#ifndef THREAD_LOCK_NO_WAIT
THREAD_LOCK_API_ enum lock_error
thread_lock_acquire_slow_(struct thread_lock *l)
{
    return thread_lock_wait_(l, THREAD_LOCK_FOREVER, false, NULL);
}

THREAD_LOCK_API_ enum lock_error
(thread_lock_acquire_for)(struct thread_lock *l, int64_t timeout_ns)
{
    return thread_lock_timed_(l, timeout_ns, false, NULL);
}

THREAD_LOCK_API_ enum lock_error
(thread_lock_acquire_interruptible)(struct thread_lock *l, int64_t timeout_ns)
{
    return thread_lock_timed_(l, timeout_ns, true, NULL);
}
#endif /* THREAD_LOCK_NO_WAIT */

THREAD_LOCK_API_ enum lock_error
(thread_lock_acquire_async)(struct thread_lock *l, struct thread_lock_waiter *w,
                            struct lock_loop *loop, lock_fn *fn, void *arg)
{
    return thread_lock_await_(l, w, loop, fn, arg, NULL);
}

/* >>ports */
#ifndef THREAD_LOCK_PORT_CUSTOM
/* An ordinary system preempts an editor so seldom that it needs no mask. */
static uintptr_t thread_lock_port_enter(void) { return 0; }
static void thread_lock_port_leave(uintptr_t mask) { (void)mask; }

#ifdef THREAD_LOCK_NO_WAIT
#define thread_lock_yield_() ((void)0)
#define thread_lock_nap_() ((void)0)
#else
#include <errno.h>

/* <time.h> may hide CLOCK_MONOTONIC. 32 bits have two types of time, and nobody
   tells which of them a hidden function takes: Linux then has a system call. */
#if defined THREAD_LOCK_PORT_LINUX || defined THREAD_LOCK_PORT_PTHREAD
#include <sched.h>
#include <time.h>
#ifdef CLOCK_MONOTONIC
#define THREAD_LOCK_MONOTONIC_ CLOCK_MONOTONIC
#elif defined __linux__ && defined __LP64__ || defined __EMSCRIPTEN__
#define THREAD_LOCK_MONOTONIC_ 1
extern int clock_gettime(int clock, struct timespec *t);
#elif defined THREAD_LOCK_PORT_PTHREAD
#error "the headers hide CLOCK_MONOTONIC: define _POSIX_C_SOURCE as 200809L" \
    "before the first of them, or compile with -std=gnu11"
#endif
#define thread_lock_clock_(t) clock_gettime(THREAD_LOCK_MONOTONIC_, t)
#define thread_lock_yield_() ((void)sched_yield())
#elif defined THREAD_LOCK_PORT_C11
#define thread_lock_clock_(t) timespec_get(t, TIME_UTC)
#define thread_lock_yield_() thrd_yield()
#endif

#if defined THREAD_LOCK_MONOTONIC_ || defined THREAD_LOCK_PORT_C11
static int64_t thread_lock_port_now(void)   /* 0 if the clock fails */
{
    struct timespec t = {0, 0};

    thread_lock_clock_(&t);
    return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}
#endif

#if defined THREAD_LOCK_PORT_LINUX
#include <sys/syscall.h>
#ifdef __cplusplus
#include <unistd.h>
#else       /* where -std=c11 hides it */
extern long syscall(long number, ...);
#endif
#define thread_lock_self_() syscall(SYS_gettid)

/* The kernel's timespec: two longs, except on x32, and on 32-bit systems that
   are younger than 64-bit time. */
#if defined SYS_futex && !defined __x86_64__
typedef long thread_lock_long_;
#else
typedef int64_t thread_lock_long_;
#endif
#if !defined SYS_futex
#define THREAD_LOCK_FUTEX_ SYS_futex_time64
#define THREAD_LOCK_CLOCK_ SYS_clock_gettime64
#elif defined SYS_clock_gettime
#define THREAD_LOCK_FUTEX_ SYS_futex
#define THREAD_LOCK_CLOCK_ SYS_clock_gettime
#else       /* musl on 32 bits */
#define THREAD_LOCK_FUTEX_ SYS_futex
#define THREAD_LOCK_CLOCK_ SYS_clock_gettime32
#endif

#ifndef THREAD_LOCK_MONOTONIC_
static int64_t thread_lock_port_now(void)
{
    thread_lock_long_ t[2] = {0, 0};

    syscall(THREAD_LOCK_CLOCK_, 1 /* CLOCK_MONOTONIC */, t);
    return (int64_t)t[0] * 1000000000 + (int64_t)t[1];
}
#endif

/* There is a time limit even if there is none, because the kernel restarts a
   FUTEX_WAIT without one after a handler that was installed with SA_RESTART. */
static enum lock_error
thread_lock_sleep_on_(THREAD_LOCK_ATOMIC_(uint32_t) *word, int64_t until)
{
    const int64_t s = until / 1000000000;
    const thread_lock_long_ t[2] = {
        (thread_lock_long_)(sizeof *t == 4 && s > INT32_MAX ? INT32_MAX : s),
        (thread_lock_long_)(until % 1000000000)};
    const int saved = errno;
    int e = 0;

    if (syscall(THREAD_LOCK_FUTEX_, word,
                9 | 128 /* FUTEX_WAIT_BITSET_PRIVATE */, 0, t, NULL, -1) != 0)
        e = errno;
    errno = saved;
    switch (e) {
    case 0: case EAGAIN: return LOCK_EOK;
    case ETIMEDOUT:      return LOCK_ETIMEDOUT;
    case EINTR:          return LOCK_EINTR;
    default:             return LOCK_ESYSTEM;
    }
}

static void thread_lock_wake_on_(THREAD_LOCK_ATOMIC_(uint32_t) *word)
{
    const int saved = errno;

    syscall(THREAD_LOCK_FUTEX_, word, 1 | 128 /* FUTEX_WAKE_PRIVATE */, 1);
    errno = saved;
}
#elif defined THREAD_LOCK_PORT_WIN32
/* As little of it as possible; include it before this file to have more. */
#undef NOMINMAX
#define NOMINMAX
#undef WIN32_LEAN_AND_MEAN
#define WIN32_LEAN_AND_MEAN
#include <windows.h>
#ifdef _MSC_VER
#pragma comment(lib, "synchronization")
#endif
#define thread_lock_yield_() ((void)SwitchToThread())
#define thread_lock_self_() GetCurrentThreadId()
#define thread_lock_wake_on_(word) WakeByAddressSingle(word)

static int64_t thread_lock_port_now(void)
{
    LARGE_INTEGER t, hz;

    QueryPerformanceCounter(&t);
    QueryPerformanceFrequency(&hz);
    return t.QuadPart / hz.QuadPart * 1000000000
           + t.QuadPart % hz.QuadPart * 1000000000 / hz.QuadPart;
}

/* Windows counts milliseconds: round up, and sleep for a day at most, because a
   DWORD cannot hold all limits. */
static enum lock_error
thread_lock_sleep_on_(THREAD_LOCK_ATOMIC_(uint32_t) *word, int64_t until)
{
    const int64_t day = 86400000, left = until - thread_lock_port_now();
    const int64_t ms = (left - 1) / 1000000 + 1;
    uint32_t no = 0;

    if (left <= 0)
        return LOCK_ETIMEDOUT;
    if (!WaitOnAddress(word, &no, sizeof no, (DWORD)(ms < day ? ms : day))
        && GetLastError() != ERROR_TIMEOUT)
        return LOCK_ESYSTEM;
    return LOCK_EOK;
}
#elif defined THREAD_LOCK_PORT_C11
#define THREAD_LOCK_MUTEX_(call) mtx_##call
#define THREAD_LOCK_COND_(call) cnd_##call
#define THREAD_LOCK_PLAIN_ mtx_plain
#define THREAD_LOCK_OK_ thrd_success
#define THREAD_LOCK_OVER_ thrd_timedout
#define thread_lock_cond_init_(c) cnd_init(c)
#define thread_lock_cond_timedwait_ cnd_timedwait
#define thread_lock_cond_epoch_(now) 0
#define thread_lock_hold_cancel_(state) (*(state) = 0)
#define thread_lock_allow_cancel_(state) ((void)(state))
#define thread_lock_sleep_for_(t) thrd_sleep(t, NULL)
#define thread_lock_self_() thrd_current()
#else       /* POSIX threads */
#define THREAD_LOCK_MUTEX_(call) pthread_mutex_##call
#define THREAD_LOCK_COND_(call) pthread_cond_##call
#define THREAD_LOCK_PLAIN_ NULL
#define THREAD_LOCK_OK_ 0
#define THREAD_LOCK_OVER_ ETIMEDOUT
#define thread_lock_hold_cancel_(state) \
    pthread_setcancelstate(PTHREAD_CANCEL_DISABLE, state)
#define thread_lock_allow_cancel_(state) pthread_setcancelstate(state, NULL)
#define thread_lock_sleep_for_(t) nanosleep(t, NULL)
#define thread_lock_self_() pthread_self()
#ifndef CLOCK_MONOTONIC     /* then these are hidden, too */
extern int pthread_condattr_setclock(pthread_condattr_t *a, int clock);
extern int nanosleep(const struct timespec *t, struct timespec *left);
#endif

/* On Apple's systems a wait's limit counts from now, not on a chosen clock. */
#ifdef __APPLE__
#ifndef __cplusplus         /* <pthread.h> may hide it */
extern int pthread_cond_timedwait_relative_np(
    pthread_cond_t *c, pthread_mutex_t *m, const struct timespec *t);
#endif
#define thread_lock_cond_init_(c) pthread_cond_init(c, NULL)
#define thread_lock_cond_timedwait_ pthread_cond_timedwait_relative_np
#define thread_lock_cond_epoch_(now) (now)
#else
#define thread_lock_cond_timedwait_ pthread_cond_timedwait
#define thread_lock_cond_epoch_(now) 0
static int thread_lock_cond_init_(pthread_cond_t *c)
{
    pthread_condattr_t a;
    int e = pthread_condattr_init(&a);

    if (e != 0)
        return e;
    e = pthread_condattr_setclock(&a, THREAD_LOCK_MONOTONIC_);
    if (e == 0)
        e = pthread_cond_init(c, &a);
    pthread_condattr_destroy(&a);
    return e;
}
#endif
#endif

#if defined THREAD_LOCK_PORT_LINUX || defined THREAD_LOCK_PORT_WIN32
/* The parker that sleeps on an address. */
static enum lock_error thread_lock_port_init(struct thread_lock_parker *p)
{
    THREAD_LOCK_STORE_(&p->woken, 0, relaxed);
    return LOCK_EOK;
}

static void thread_lock_port_destroy(struct thread_lock_parker *p) { (void)p; }

static enum lock_error thread_lock_port_park(struct thread_lock_parker *p,
                                             int64_t until)
{
    enum lock_error e = LOCK_EOK;

    /* Acquire: see what the unparking thread wrote before. */
    while (e == LOCK_EOK && !THREAD_LOCK_LOAD_(&p->woken, acquire))
        e = thread_lock_sleep_on_(&p->woken, until);
    if (e == LOCK_EOK)
        THREAD_LOCK_STORE_(&p->woken, 0, relaxed);
    return e;
}

/* Release: pairs with park. After the store *p may be gone. The system only
   compares its address, and stray wake-ups do no harm. */
static void thread_lock_port_unpark(struct thread_lock_parker *p)
{
    THREAD_LOCK_STORE_(&p->woken, 1, release);
    thread_lock_wake_on_(&p->woken);
}

static void thread_lock_nap_(void)
{
    THREAD_LOCK_ATOMIC_(uint32_t) woken = 0;

    (void)thread_lock_sleep_on_(&woken, thread_lock_port_now() + 50000);
}
#else
/* The parker of a mutex and a condition. `woken` is read under the mutex only:
   a thread that sees it set may destroy *p, so the unparking thread must have
   let go of *p. It is atomic because some race detectors do not know mtx_t. */
static enum lock_error thread_lock_port_init(struct thread_lock_parker *p)
{
    THREAD_LOCK_STORE_(&p->woken, 0, relaxed);
    if (THREAD_LOCK_MUTEX_(init)(&p->mutex, THREAD_LOCK_PLAIN_)
        != THREAD_LOCK_OK_)
        return LOCK_ESYSTEM;
    if (thread_lock_cond_init_(&p->unparked) == THREAD_LOCK_OK_)
        return LOCK_EOK;
    THREAD_LOCK_MUTEX_(destroy)(&p->mutex);
    return LOCK_ESYSTEM;
}

static void thread_lock_port_destroy(struct thread_lock_parker *p)
{
    THREAD_LOCK_COND_(destroy)(&p->unparked);
    THREAD_LOCK_MUTEX_(destroy)(&p->mutex);
}

/* Wait for a day at most, which no time_t and no system's count of milliseconds
   is too short for: park asks again. Then ask the clock, because the wait's own
   word for a time-out may be stray. A clock that fails says 0: time is up. */
static enum lock_error thread_lock_cond_wait_(struct thread_lock_parker *p,
                                              int64_t until)
{
    const int64_t day = 86400000000000;
    int64_t now = thread_lock_port_now(), end;
    struct timespec t;
    int e;

    end = until - now > day ? now + day : until > now ? until : now;
    end -= thread_lock_cond_epoch_(now);
    t.tv_sec = (time_t)(end / 1000000000);
    t.tv_nsec = (long)(end % 1000000000);
    e = until == THREAD_LOCK_FOREVER
            ? THREAD_LOCK_COND_(wait)(&p->unparked, &p->mutex)
            : thread_lock_cond_timedwait_(&p->unparked, &p->mutex, &t);
    if (e != THREAD_LOCK_OK_ && e != THREAD_LOCK_OVER_)
        return LOCK_ESYSTEM;
    if (until == THREAD_LOCK_FOREVER)
        return LOCK_EOK;
    now = thread_lock_port_now();
    return now >= until || now == 0 ? LOCK_ETIMEDOUT : LOCK_EOK;
}

static enum lock_error thread_lock_port_park(struct thread_lock_parker *p,
                                             int64_t until)
{
    enum lock_error e = LOCK_EOK;
    bool woken;
    int cancel;

    if (THREAD_LOCK_MUTEX_(lock)(&p->mutex) != THREAD_LOCK_OK_)
        return LOCK_ESYSTEM;
    thread_lock_hold_cancel_(&cancel);
    /* Acquire: see what the unparking thread wrote before. */
    while (!(woken = THREAD_LOCK_LOAD_(&p->woken, acquire) != 0)
           && e == LOCK_EOK)
        e = thread_lock_cond_wait_(p, until);
    if (woken)
        THREAD_LOCK_STORE_(&p->woken, 0, relaxed);
    thread_lock_allow_cancel_(cancel);
    THREAD_LOCK_MUTEX_(unlock)(&p->mutex);
    return woken ? LOCK_EOK : e;
}

/* No answer but success would do: a thread sleeps until this succeeds. */
static void thread_lock_port_unpark(struct thread_lock_parker *p)
{
    while (THREAD_LOCK_MUTEX_(lock)(&p->mutex) != THREAD_LOCK_OK_)
        thread_lock_yield_();
    /* Release: pairs with park. */
    THREAD_LOCK_STORE_(&p->woken, 1, release);
    while (THREAD_LOCK_COND_(signal)(&p->unparked) != THREAD_LOCK_OK_)
        thread_lock_yield_();
    THREAD_LOCK_MUTEX_(unlock)(&p->mutex);
}

static void thread_lock_nap_(void)
{
    const struct timespec nap = {0, 50000};
    const int saved = errno;
    int cancel;

    thread_lock_hold_cancel_(&cancel);
    thread_lock_sleep_for_(&nap);
    thread_lock_allow_cancel_(cancel);
    errno = saved;
}
#endif

#ifdef THREAD_LOCK_DEBUG
static uintptr_t thread_lock_port_self(void)
{
    return (uintptr_t)thread_lock_self_();
}
#endif
#endif /* THREAD_LOCK_NO_WAIT */

/* First on the processor, longer each time. Then every other time by yielding
   it, because beside busy processes each yield costs a time slice. At last by a
   nap, because the editor may have a lower priority than this thread. */
static void thread_lock_port_pause(unsigned n)
{
    const unsigned pauses = n < 3 ? 4u << n : n % 2 == 0 ? 32 : 0;
    unsigned i;

    for (i = 0; i < pauses; i++) {
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
    else if (pauses == 0)
        thread_lock_yield_();
}
#endif /* THREAD_LOCK_PORT_CUSTOM */
#endif /* THREAD_LOCK_IMPLEMENTATION_INCLUDED */
#endif

/* The rest of the header: what is inline and calls functions of above. */
#ifndef THREAD_LOCK_REST_INCLUDED
#define THREAD_LOCK_REST_INCLUDED
/* >>debug
   A lock notes its owner: where, when and by which thread it was acquired. A
   thread that has waited for THREAD_LOCK_DEBUG_NS calls
   THREAD_LOCK_DEBUG_HOOK(report), and again after each further period. A thread
   that waits for itself, without a limit, calls it at once. For a continuation,
   its loop asks: see thread_lock_debug_check. Define the two before the
   implementation, if 1000000000 and a line on stderr will not do. The hook must
   not wait for a lock, nor end its thread; if it prints, do not pthread_cancel
   a waiting thread. A call in parentheses, (thread_lock_acquire)(l), notes no
   owner. Use it for a gate, which one thread acquires and another releases. The
   noted thread of a continuation is the one that queued it. */
#ifdef THREAD_LOCK_DEBUG
#if defined THREAD_LOCK_NO_WAIT || defined THREAD_LOCK_ANALYSIS
#error "THREAD_LOCK_DEBUG needs a clock, so no NO_WAIT; and no ANALYSIS with it"
#endif

/* The holder is the owner. A site is "file.c:12", "lock()" for C++'s lock() and
   try_lock(), or NULL if unknown. A thread is gettid(), GetCurrentThreadId(),
   or a number made from pthread_self() or thrd_current(); or 0 if unknown. A
   waiter that is handed the lock owns it from where it waited. */
struct thread_lock_report {
    const struct thread_lock *lock;
    const char *waiter, *holder;
    uintptr_t waiter_thread, holder_thread;
    int64_t waited_ns, held_ns;
};

#define THREAD_LOCK_HERE_ __FILE__ ":" THREAD_LOCK_STRING_(__LINE__)
#define THREAD_LOCK_STRING_(line) THREAD_LOCK_STRING2_(line)
#define THREAD_LOCK_STRING2_(line) #line

THREAD_LOCK_MUST_CHECK_ static inline enum lock_error
thread_lock_try_at_(struct thread_lock *l, const char *site)
{
    return thread_lock_timed_(l, 0, false, site) == LOCK_EOK ? LOCK_EOK
                                                             : LOCK_EBUSY;
}

static inline enum lock_error
thread_lock_acquire_at_(struct thread_lock *l, const char *site)
{
    return thread_lock_timed_(l, THREAD_LOCK_FOREVER, false, site);
}

#define thread_lock_interruptible_at_(l, ns, site) \
    thread_lock_timed_(l, ns, true, site)
#define thread_lock_try_acquire(l) thread_lock_try_at_(l, THREAD_LOCK_HERE_)
#define thread_lock_acquire(l) thread_lock_acquire_at_(l, THREAD_LOCK_HERE_)
#define thread_lock_debug_for_(l, timeout_ns) \
    thread_lock_timed_(l, timeout_ns, false, THREAD_LOCK_HERE_)
#define thread_lock_debug_interruptible_(l, timeout_ns) \
    thread_lock_timed_(l, timeout_ns, true, THREAD_LOCK_HERE_)
#define thread_lock_debug_async_(l, w, loop, fn, arg) \
    thread_lock_await_(l, w, loop, fn, arg, THREAD_LOCK_HERE_)
#endif /* THREAD_LOCK_DEBUG */

#ifndef THREAD_LOCK_NO_WAIT
#define THREAD_LOCK_WITH_(l, guard) \
    for (struct thread_lock *guard \
             __attribute__((cleanup(thread_lock_exit_))) = \
             thread_lock_enter_(l, THREAD_LOCK_HERE_); \
         guard != NULL; thread_lock_exit_(&guard))
#define THREAD_LOCK_PASTE_(a, b) THREAD_LOCK_PASTE2_(a, b)
#define THREAD_LOCK_PASTE2_(a, b) a##b

static inline struct thread_lock *
thread_lock_enter_(struct thread_lock *l, const char *site)
    THREAD_LOCK_DOES_(assert_capability(*l))
{
    (void)site;
    return thread_lock_acquire_at_(l, site) == LOCK_EOK ? l : NULL;
}

THREAD_LOCK_CLANG_(no_thread_safety_analysis)
static inline void thread_lock_exit_(struct thread_lock **guard)
{
    if (*guard != NULL)
        thread_lock_release(*guard);
    *guard = NULL;
}

/* Python's arguments as a time limit; -1 if they make no sense. NaN shows in
   its bits, because -ffast-math lets a compiler believe that there is none. */
static inline int64_t thread_lock_limit_(bool blocking, double timeout_s)
{
    const union { double s; uint64_t bits; } u = {timeout_s};
    const double ns = timeout_s * 1e9;
    const bool nan = sizeof u == sizeof ns && u.bits << 1 > UINT64_MAX << 53;

    if (timeout_s >= -1 && timeout_s <= -1 && !nan)
        return THREAD_LOCK_FOREVER;
    if (nan || !blocking
        || !(timeout_s >= 0 && timeout_s <= THREAD_LOCK_TIMEOUT_MAX))
        return -1;
    if (ns >= 9223372036854775807.0)    /* where a double has 32 bits */
        return THREAD_LOCK_FOREVER;
    return (int64_t)ns + ((double)(int64_t)ns < ns);
}

/* Inline, so that a program that never calls it needs no floating point. */
THREAD_LOCK_MUST_CHECK_ static inline enum lock_error
thread_lock_ex_at_(struct thread_lock *l, bool blocking, double timeout_s,
                   const char *site)
{
    const int64_t ns = thread_lock_limit_(blocking, timeout_s);

    (void)site;
    if (ns < 0)
        return LOCK_EINVAL;
    return blocking ? thread_lock_interruptible_at_(l, ns, site)
                    : thread_lock_try_at_(l, site);
}

static inline enum lock_error
thread_lock_acquire_ex(struct thread_lock *l, bool blocking, double timeout_s)
{
    return thread_lock_ex_at_(l, blocking, timeout_s, NULL);
}
#ifdef THREAD_LOCK_DEBUG
#define thread_lock_acquire_ex(l, blocking, timeout_s) \
    thread_lock_ex_at_(l, blocking, timeout_s, THREAD_LOCK_HERE_)
#endif
#endif /* THREAD_LOCK_NO_WAIT */

/* >>C++ */
#ifdef __cplusplus
extern "C++" {
inline bool thread_lock::try_lock()
{
    return thread_lock_try_at_(this, "lock()") == LOCK_EOK;
}

inline void thread_lock::unlock() { thread_lock_release(this); }

#ifndef THREAD_LOCK_NO_WAIT
/* An exception that leaves lock(), which is noexcept, calls std::terminate, and
   needs nothing of <exception>, which is 4000 lines. */
#ifdef __cpp_exceptions
static inline void thread_lock_cannot_wait_() { throw LOCK_ESYSTEM; }
#else
#include <exception>
static inline void thread_lock_cannot_wait_() { std::terminate(); }
#endif

inline void thread_lock::lock() noexcept
{
    if (thread_lock_acquire_at_(this, "lock()") != LOCK_EOK)
        thread_lock_cannot_wait_();
}

/* limit is a std::chrono::duration, rounded up. A century is for ever. */
template <class Duration>
enum lock_error thread_lock_within_(struct thread_lock *l,
                                    const Duration &limit)
{
    const double s = static_cast<double>(limit.count())
                     * static_cast<double>(Duration::period::num)
                     / static_cast<double>(Duration::period::den);
    const int64_t ns =
        s <= 0    ? 0
        : s < 3e9 ? static_cast<int64_t>(s * (1 + 1e-15) * 1e9) + 1
                  : THREAD_LOCK_FOREVER;

    return (thread_lock_acquire_for)(l, ns);
}

template <class Duration>
bool thread_lock::try_lock_for(const Duration &limit)
{
    return thread_lock_within_(this, limit) == LOCK_EOK;
}

/* The deadline's clock may be set meanwhile, so ask it again. */
template <class Time> bool thread_lock::try_lock_until(const Time &deadline)
{
    enum lock_error e;

    do
        e = thread_lock_within_(this, deadline - Time::clock::now());
    while (e == LOCK_ETIMEDOUT && Time::clock::now() < deadline);
    return e == LOCK_EOK;
}
#endif /* THREAD_LOCK_NO_WAIT */
}
#endif /* __cplusplus */
#endif /* THREAD_LOCK_REST_INCLUDED */

/* >>debug, the bodies */

#if defined THREAD_LOCK_DEBUG && defined THREAD_LOCK_IMPLEMENTATION_INCLUDED \
    && !defined THREAD_LOCK_DEBUG_INCLUDED
#define THREAD_LOCK_DEBUG_INCLUDED
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

/* In a scope of its own, because it may be any expression. */
static int64_t thread_lock_period_(void) { return THREAD_LOCK_DEBUG_NS; }

/* Note the owner, or with a NULL site that it is unknown. */
THREAD_LOCK_API_ void
thread_lock_note_(struct thread_lock *l, const char *site, uintptr_t thread)
{
    THREAD_LOCK_STORE_(&l->site, (uintptr_t)site, relaxed);
    THREAD_LOCK_STORE_(&l->thread, site != NULL ? thread : 0, relaxed);
    THREAD_LOCK_STORE_(&l->since,
                       (uintptr_t)(thread_lock_port_now() / 1000000), relaxed);
}

static void thread_lock_report_(const struct thread_lock *l,
                                const struct thread_lock_waiter *w)
{
    const int64_t now = thread_lock_port_now(), waited = now - w->since;
    const intptr_t held =
        (intptr_t)((uintptr_t)(now / 1000000) - thread_lock_peek_(&l->since));
    const struct thread_lock_report r = {
        l, w->site, (const char *)thread_lock_peek_(&l->site), w->thread,
        thread_lock_peek_(&l->thread), waited < 0 ? 0 : waited,
        held < 0 ? 0 : (int64_t)held * 1000000};

    THREAD_LOCK_DEBUG_HOOK(&r);
}

THREAD_LOCK_API_ void
thread_lock_on_wait_(struct thread_lock *l, struct thread_lock_waiter *w,
                     int64_t until, const char *site)
{
    w->site = site;
    w->thread = thread_lock_port_self();
    w->since = thread_lock_port_now();
    if (until == THREAD_LOCK_FOREVER
        && thread_lock_peek_(&l->thread) == w->thread)
        thread_lock_report_(l, w);
}

/* Park, and report each time that one more period of the wait is over. */
THREAD_LOCK_API_ enum lock_error
thread_lock_on_park_(struct thread_lock *l, struct thread_lock_waiter *w,
                     struct thread_lock_parker *p, int64_t until)
{
    for (;;) {
        const int64_t period = thread_lock_period_();
        const int64_t now = thread_lock_port_now();
        const int64_t left = period - (now - w->since) % period;
        const bool last = until - now <= left;
        const enum lock_error e =
            thread_lock_port_park(p, last ? until : now + left);

        if (last || e != LOCK_ETIMEDOUT)
            return e;
        thread_lock_report_(l, w);
    }
}

THREAD_LOCK_API_ enum lock_error
thread_lock_got_(struct thread_lock *l, const char *site)
{
    if (site != NULL)
        thread_lock_note_(l, site, thread_lock_port_self());
    return LOCK_EOK;
}

THREAD_LOCK_API_ void
thread_lock_debug_check(const struct thread_lock *l,
                        const struct thread_lock_waiter *w)
{
    if (thread_lock_peek_(&w->where) == (uintptr_t)l
        && thread_lock_port_now() - w->since >= thread_lock_period_())
        thread_lock_report_(l, w);
}
#endif /* THREAD_LOCK_DEBUG_INCLUDED */
