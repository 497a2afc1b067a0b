/* With CXX, a program in C calls bodies of lock.h that a C++ file has: bodies.cc
   includes this too, and defines each call. The program's own bodies only serve
   to look at the queue. */
#ifdef CXX

#ifdef __cplusplus
#define CALL(type, name, parameters, arguments) \
    extern "C" type cxx_##name parameters \
    { \
        return thread_lock_##name arguments; \
    }
#else
#define CALL(type, name, parameters, arguments) type cxx_##name parameters;
#endif

CALL(enum lock_error, try_acquire, (struct thread_lock *l), (l))
CALL(enum lock_error, acquire, (struct thread_lock *l), (l))
CALL(enum lock_error, acquire_for, (struct thread_lock *l, int64_t ns), (l, ns))
CALL(enum lock_error, acquire_interruptible,
     (struct thread_lock *l, int64_t ns), (l, ns))
CALL(enum lock_error, acquire_ex,
     (struct thread_lock *l, bool blocking, double s), (l, blocking, s))
CALL(enum lock_error, acquire_async,
     (struct thread_lock *l, struct thread_lock_waiter *w,
      struct lock_loop *loop, lock_fn *fn, void *arg),
     (l, w, loop, fn, arg))
CALL(enum lock_error, cancel,
     (struct thread_lock *l, struct thread_lock_waiter *w), (l, w))
CALL(enum lock_error, release, (struct thread_lock *l), (l))
CALL(bool, locked, (const struct thread_lock *l), (l))
CALL(void, port_pause, (unsigned n), (n))

#ifndef __cplusplus
#define thread_lock_try_acquire cxx_try_acquire
#define thread_lock_acquire cxx_acquire
#define thread_lock_acquire_for cxx_acquire_for
#define thread_lock_acquire_interruptible cxx_acquire_interruptible
#define thread_lock_acquire_ex cxx_acquire_ex
#define thread_lock_acquire_async cxx_acquire_async
#define thread_lock_cancel cxx_cancel
#define thread_lock_release cxx_release
#define thread_lock_locked cxx_locked
#define thread_lock_port_pause cxx_port_pause
#endif

#endif
