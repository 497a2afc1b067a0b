/* condition.h - Python's threading.Condition on a thread_lock: copy it
   SPDX-License-Identifier: 0BSD

   A thread that holds a lock waits until another thread tells it that something
   has changed. It needs lock.h and nothing else, on every port. There is no
   macro to define: include it in as many files as you like, C or C++.

       static struct thread_lock lock;              // zeroed memory is a free
       static struct thread_condition changed;      // lock, and a condition
       static bool ready;

       // one thread                                // another thread
       thread_lock_acquire(&lock);                  thread_lock_acquire(&lock);
       while (!ready)                               ready = true;
           thread_condition_wait(&changed, &lock);  thread_lock_release(&lock);
       thread_lock_release(&lock);                  thread_condition_notify(
                                                        &changed, 1);

   - First come, first served: a notification wakes the waiter that has waited
     longest. (After that it competes for the lock like any other thread.)
   - A waiter wakes only because it was notified or its time is up. Look at what
     you wait for all the same: another thread may have been faster.
   - A notification is never lost to a waiter that gives up at the same moment.
     Either that waiter returns LOCK_EOK, or the notification goes to the next.
   - You may free a condition as soon as the last wait for it has returned, even
     if the thread whose notification ended it has not returned yet. If the
     waiter may see the change without that notification (it never waited, or
     its time was up), notify while you hold the lock.

   A signal does not end a wait. In a debug build, a wait that lasts is reported
   as a wait for a lock in this file.                                        */

#ifndef THREAD_CONDITION_H_INCLUDED
#define THREAD_CONDITION_H_INCLUDED

#include "lock.h"

/* A waiting thread; on its stack. The guard orders all access to the links, and
   prev tells whether the waiter is in the ring. */
struct thread_condition_waiter_ {
    struct thread_lock gate;    /* shut; the notifier opens it */
    struct thread_condition_waiter_ *next, *prev;
};

/* A condition; zero it. Private: waiters are a ring, and first->prev is the
   last. */
struct thread_condition {
    struct thread_lock guard;
    struct thread_condition_waiter_ *first;
};

/* Release l, wait until notified, and acquire l again. LOCK_EOK: notified.
   LOCK_ENOTLOCKED: l was not held, and is not. LOCK_ESYSTEM: the system cannot
   provide what waiting needs, so this call did not wait; l is held again, but
   was free for a moment. (threading.Condition.wait) */
static inline enum lock_error thread_condition_wait(struct thread_condition *c,
                                                    struct thread_lock *l);

/* The same, but wait for timeout_ns nanoseconds at most: LOCK_ETIMEDOUT, and l
   is held again, which may take longer. With 0 or less, only let others have
   the lock for a moment. (threading.Condition.wait with a timeout) */
static inline enum lock_error
thread_condition_wait_for(struct thread_condition *c, struct thread_lock *l,
                          int64_t timeout_ns);

/* Wake n waiters, or all if there are fewer. The caller need not hold the lock.
   (threading.Condition.notify) */
static inline void thread_condition_notify(struct thread_condition *c,
                                           size_t n);

/* Wake all threads that wait now. (threading.Condition.notify_all) */
static inline void thread_condition_notify_all(struct thread_condition *c);

/* clang's analysis does not follow locks from one function to the next. */
#ifdef __clang__
#pragma clang diagnostic push
#pragma clang diagnostic ignored "-Wthread-safety-analysis"
#endif

/* If the system does not let this thread sleep, ask until l is free. */
static inline void thread_condition_acquire_(struct thread_lock *l)
{
    while (thread_lock_acquire(l) != LOCK_EOK)
        continue;
}

static inline void thread_condition_append_(struct thread_condition *c,
                                            struct thread_condition_waiter_ *w)
{
    if (c->first == NULL)
        c->first = w->prev = w;
    w->next = c->first;
    w->prev = c->first->prev;
    w->prev->next = w;
    c->first->prev = w;
}

static inline void thread_condition_remove_(struct thread_condition *c,
                                            struct thread_condition_waiter_ *w)
{
    w->prev->next = w->next;
    w->next->prev = w->prev;
    if (c->first == w)
        c->first = w->next == w ? NULL : w->next;
    w->prev = NULL;
}

/* Give up the wait; false if it is too late because w was notified. */
static inline bool thread_condition_leave_(struct thread_condition *c,
                                           struct thread_condition_waiter_ *w)
{
    bool waits;

    thread_condition_acquire_(&c->guard);
    waits = w->prev != NULL;
    if (waits)
        thread_condition_remove_(c, w);
    (void)thread_lock_release(&c->guard);
    return waits;
}

static inline enum lock_error
thread_condition_wait_for(struct thread_condition *c, struct thread_lock *l,
                          int64_t timeout_ns)
{
    struct thread_condition_waiter_ self = {THREAD_LOCK_INIT, NULL, NULL};
    enum lock_error e;

    /* In parentheses: a debug build must not take us for the gate's holder. */
    (void)(thread_lock_try_acquire)(&self.gate);
    thread_condition_acquire_(&c->guard);
    thread_condition_append_(c, &self);
    (void)thread_lock_release(&c->guard);

    e = thread_lock_release(l);
    if (e == LOCK_EOK)
        e = thread_lock_acquire_for(&self.gate, timeout_ns);
    if (e != LOCK_EOK && !thread_condition_leave_(c, &self)) {
        /* The notifier will still open the gate, which must not go before. */
        thread_condition_acquire_(&self.gate);
        e = LOCK_EOK;
    }
    if (e != LOCK_ENOTLOCKED)
        thread_condition_acquire_(l);
    return e;
}

static inline enum lock_error thread_condition_wait(struct thread_condition *c,
                                                    struct thread_lock *l)
{
    return thread_condition_wait_for(c, l, THREAD_LOCK_FOREVER);
}

/* Choose all waiters before the first gate opens. After that *c may be gone,
   because these waits may have been the last; and each waiter is gone once its
   own gate is open. */
static inline void thread_condition_notify(struct thread_condition *c, size_t n)
{
    struct thread_condition_waiter_ *chosen = NULL, **end = &chosen, *w;

    thread_condition_acquire_(&c->guard);
    for (; n > 0 && c->first != NULL; n--) {
        w = *end = c->first;
        thread_condition_remove_(c, w);
        end = &w->next;
    }
    *end = NULL;
    (void)thread_lock_release(&c->guard);

    while (chosen != NULL) {
        w = chosen;
        chosen = w->next;
        (void)thread_lock_release(&w->gate);
    }
}

static inline void thread_condition_notify_all(struct thread_condition *c)
{
    thread_condition_notify(c, SIZE_MAX);
}

#ifdef __clang__
#pragma clang diagnostic pop
#endif

#endif
