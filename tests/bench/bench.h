/* What is compared, and how it is called: for C and for C++. */
#ifndef BENCH_H
#define BENCH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* One lock of the comparison. Every call goes through these pointers, so what a
   call costs is the same for all. Only pairs and tries are loops of the
   contestant's own, into which its compiler may inline whatever its header or
   crate offers. What is NULL, the contestant has not got. */
struct contestant {
    const char *name;
    size_t size;                            /* of one lock, in bytes */
    void (*init)(void *lock);               /* memory is zeroed before */
    void (*lock)(void *lock);
    void (*unlock)(void *lock);
    bool (*try_lock)(void *lock);
    bool (*lock_for)(void *lock, long ns);  /* true: it is ours */
    void (*pairs)(void *lock, long n);      /* n times lock and unlock */
    long (*tries)(void *lock, long n);      /* n tries; how many succeeded */
    bool any_thread_unlocks;                /* as for a semaphore */
    bool is_limit;                          /* no lock: for uncontended only */
    bool is_broken;                         /* for tests of the benchmark */
    struct contestant *next;
};

/* The same for one event loop. Each function measures, and returns ns for each
   pair, waiter or cancel; negative if it would take too long. */
struct async_contestant {
    const char *name;
    size_t lock_size, waiter_size;
    double (*uncontended)(long pairs);
    double (*hand_over)(long waiters, long times);
    double (*cancel)(long waiters, long times);
    struct async_contestant *next;
};

void enter_contestant(struct contestant *c);
void enter_async_contestant(struct async_contestant *c);

int64_t now_ns(void);
uint32_t random_below(uint32_t *state, uint32_t bound);

/* 0 to n - 1 in an order that is random, but always the same. */
void shuffled(uint32_t *order, long n);

/* A measurement that came out wrong is no measurement. */
void broken(const char *name, const char *how);

#define MAX_LOCK_SIZE 256

/* Define the operations of contestant `id`, with statements about `l`. */
#define LOCKS(id, type, init_, lock_, unlock_) \
    static void id##_init(void *p) { type *l = (type *)p; (void)l; init_; } \
    static void id##_lock(void *p) { type *l = (type *)p; lock_; } \
    static void id##_unlock(void *p) { type *l = (type *)p; unlock_; } \
    static void id##_pairs(void *p, long n) \
    { \
        type *l = (type *)p; \
        for (; n > 0; n--) { \
            lock_; \
            unlock_; \
        } \
    }
#define TRIES(id, type, got) \
    static bool id##_try(void *p) { type *l = (type *)p; return got; } \
    static long id##_tries(void *p, long n) \
    { \
        type *l = (type *)p; \
        long successes = 0; \
        for (; n > 0; n--) \
            successes += (got) ? 1 : 0; \
        return successes; \
    }
#define WAITS_FOR(id, type, got) \
    static bool id##_for(void *p, long ns) { type *l = (type *)p; return got; }

/* Enter it, with what it has, in the order of struct contestant. */
#define ENTER(id, name, size, try_lock, lock_for, tries, any_thread_unlocks) \
    ENTER_(id, name, size, try_lock, lock_for, tries, any_thread_unlocks, \
           false, false)
#define ENTER_(id, name, size, try_lock, lock_for, tries, any, limit, wrong) \
    __attribute__((constructor)) static void id##_enter(void) \
    { \
        static struct contestant c = { \
            name, size, id##_init, id##_lock, id##_unlock, try_lock, lock_for, \
            id##_pairs, tries, any, limit, wrong, NULL}; \
        enter_contestant(&c); \
    }
#define ENTER_ASYNC(id, name, lock_size, waiter_size) \
    __attribute__((constructor)) static void id##_enter(void) \
    { \
        static struct async_contestant c = { \
            name, lock_size, waiter_size, id##_uncontended, id##_hand_over, \
            id##_cancel, NULL}; \
        enter_async_contestant(&c); \
    }

#ifdef __cplusplus
}
#endif
#endif
