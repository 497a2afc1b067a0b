/* Rust's locks: rust/ has the functions. */
#include "bench.h"

#define RUST(id, name, lock_for, any_thread_unlocks) \
    void id##_init(void *l); \
    void id##_lock(void *l); \
    void id##_unlock(void *l); \
    bool id##_try(void *l); \
    long id##_tries(void *l, long n); \
    void id##_pairs(void *l, long n); \
    size_t id##_size(void); \
    __attribute__((constructor)) static void id##_enter(void) \
    { \
        static struct contestant c = { \
            name, 0, id##_init, id##_lock, id##_unlock, id##_try, lock_for, \
            id##_pairs, id##_tries, any_thread_unlocks, false, false, NULL}; \
        c.size = id##_size(); \
        enter_contestant(&c); \
    }

bool pl_for(void *l, long ns);
RUST(pl, "parking_lot", pl_for, true)
RUST(std, "Rust std", NULL, false)

#define RUST_ASYNC(id, name) \
    double id##_uncontended(long pairs); \
    double id##_hand_over(long waiters, long times); \
    double id##_cancel(long waiters, long times); \
    size_t id##_size(void); \
    size_t id##_waiter_size(void); \
    __attribute__((constructor)) static void id##_enter(void) \
    { \
        static struct async_contestant c = { \
            name, 0, 0, id##_uncontended, id##_hand_over, id##_cancel, NULL}; \
        c.lock_size = id##_size(); \
        c.waiter_size = id##_waiter_size(); \
        enter_async_contestant(&c); \
    }

RUST_ASYNC(tokio, "tokio")
RUST_ASYNC(asy, "async-lock")
