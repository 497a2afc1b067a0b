/* The sizes that the headers promise, as seen by C and by C++. Compiling this
   is the test; the arrays let the sizes of two objects be compared. */

#include "lock.h"
#include "async_lock.h"

#ifdef __cplusplus
#define CLAIM static_assert
#define ALIGNMENT alignof
#else
#define CLAIM _Static_assert
#define ALIGNMENT _Alignof
#endif

#define WORDS(n) ((n) * sizeof(void *))

CLAIM(sizeof(struct thread_lock) == sizeof(uintptr_t), "one word");
CLAIM(ALIGNMENT(struct thread_lock_waiter) >= 8, "its address has 3 free bits");
CLAIM(sizeof(struct async_lock) <= WORDS(7), "a small lock");
CLAIM(sizeof(struct async_lock_waiter) <= WORDS(6), "a small waiter");

extern char thread_lock_size[sizeof(struct thread_lock)];
extern char thread_lock_waiter_size[sizeof(struct thread_lock_waiter)];
extern char thread_lock_waiter_job[offsetof(struct thread_lock_waiter, job)];
extern char thread_lock_waiter_end[offsetof(struct thread_lock_waiter,
                                            owns_next)];
extern char async_lock_size[sizeof(struct async_lock)];
extern char async_lock_waiter_size[sizeof(struct async_lock_waiter)];

char thread_lock_size[sizeof(struct thread_lock)];
char thread_lock_waiter_size[sizeof(struct thread_lock_waiter)];
char thread_lock_waiter_job[offsetof(struct thread_lock_waiter, job)];
char thread_lock_waiter_end[offsetof(struct thread_lock_waiter, owns_next)];
char async_lock_size[sizeof(struct async_lock)];
char async_lock_waiter_size[sizeof(struct async_lock_waiter)];
