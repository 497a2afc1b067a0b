/* coroutine.hpp - co_await a thread_lock or an async_lock: copy it (C++20)
   SPDX-License-Identifier: 0BSD

       auto held = co_await dual_lock::acquire(lock, loop);    // a thread_lock
       auto held = co_await dual_lock::acquire(lock);          // an async_lock

   The coroutine continues holding the lock, and `held` releases it. If the lock
   is not free, the coroutine is suspended, and the loop (for an async_lock: its
   own loop, or a release) resumes it. `held` is false if the coroutine does not
   hold the lock: held.result() is LOCK_ECANCELED after async_lock_cancel_all,
   and LOCK_EINVAL if loop is NULL.

   To cancel a wait, destroy the suspended coroutine, in the thread that runs
   its loop. If a thread_lock was handed to it already and the loop has not
   resumed it yet, nothing is lost: when the loop gets there, it releases the
   lock, and the next waiter is served. The lock must live until then. (An
   async_lock goes to the next waiter at once.)

   A wait that has to wait allocates memory, because this memory must outlive a
   coroutine that is destroyed in that moment. A free lock needs none. No
   exception may leave the coroutine: unhandled_exception must not rethrow.  */

#ifndef LOCK_COROUTINE_HPP
#define LOCK_COROUTINE_HPP

#include "lock.h"
#include "async_lock.h"

#include <coroutine>
#include <memory>
#include <utility>

namespace dual_lock {

/* Both locks by the same names. */
struct thread_side {
    using lock = struct thread_lock;
    using waiter = struct thread_lock_waiter;

    static lock_error try_acquire(lock *l)
    {
        return thread_lock_try_acquire(l);
    }
    static lock_error queue(lock *l, waiter *w, lock_loop *loop, lock_fn *fn,
                            void *arg)
    {
        return thread_lock_acquire_async(l, w, loop, fn, arg);
    }
    static lock_error cancel(lock *l, waiter *w)
    {
        return thread_lock_cancel(l, w);
    }
    static void release(lock *l) { thread_lock_release(l); }
};

struct async_side {
    using lock = struct async_lock;
    using waiter = struct async_lock_waiter;

    static lock_error try_acquire(lock *l) { return async_lock_try_acquire(l); }
    static lock_error queue(lock *l, waiter *w, lock_loop *, lock_fn *fn,
                            void *arg)
    {
        return async_lock_acquire(l, w, fn, arg);
    }
    static lock_error cancel(lock *l, waiter *w)
    {
        return async_lock_cancel(l, w);
    }
    static void release(lock *l) { async_lock_release(l); }
};

/* What co_await gives: it holds the lock, or it says why it does not. */
template <class Side> class [[nodiscard]] holder {
public:
    holder(typename Side::lock *l, lock_error result)
        : lock_(result == LOCK_EOK ? l : nullptr), result_(result)
    {
    }
    holder(holder &&other) noexcept
        : lock_(std::exchange(other.lock_, nullptr)), result_(other.result_)
    {
    }
    holder &operator=(holder &&) = delete;
    ~holder() { release(); }

    explicit operator bool() const { return lock_ != nullptr; }
    lock_error result() const { return result_; }

    /* Before the end of the scope. */
    void release()
    {
        if (lock_ != nullptr)
            Side::release(std::exchange(lock_, nullptr));
    }

private:
    typename Side::lock *lock_;
    lock_error result_;
};

/* What co_await waits for. It lies in the coroutine. */
template <class Side> class [[nodiscard]] acquisition {
public:
    acquisition(typename Side::lock *l, lock_loop *loop) : lock_(l), loop_(loop)
    {
    }
    acquisition(acquisition &&) = delete;

    /* The coroutine ends, or was destroyed while it waited. */
    ~acquisition()
    {
        if (wait_ == nullptr)
            return;
        if (Side::cancel(lock_, &wait_->waiter) == LOCK_EOK)
            delete wait_;
        else
            wait_->by = nullptr;
    }

    bool await_ready()
    {
        result_ = Side::try_acquire(lock_);
        return result_ == LOCK_EOK;
    }

    /* After LOCK_EPENDING the coroutine, with *this, may run in another thread
       or be gone. Not inlined, because clang may then keep local variables in
       the coroutine (LLVM issue 56301). */
    [[gnu::noinline]] bool await_suspend(std::coroutine_handle<> coroutine)
    {
        wait *const w = new wait{{}, lock_, this, coroutine};
        lock_error e;

        wait_ = w;
        e = Side::queue(lock_, &w->waiter, loop_, go_on, w);
        if (e == LOCK_EPENDING)
            return true;
        result_ = e;
        wait_ = nullptr;
        delete w;
        return false;
    }

    holder<Side> await_resume() { return {lock_, result_}; }

private:
    struct wait {
        typename Side::waiter waiter;
        typename Side::lock *lock;
        acquisition *by;            /* nullptr: the coroutine was destroyed */
        std::coroutine_handle<> coroutine;
    };

    static void go_on(void *arg, lock_error result)
    {
        const std::unique_ptr<wait> w(static_cast<wait *>(arg));

        if (w->by != nullptr) {
            w->by->wait_ = nullptr;
            w->by->result_ = result;
            w->coroutine.resume();
        } else if (result == LOCK_EOK) {
            Side::release(w->lock);
        }
    }

    typename Side::lock *lock_;
    lock_loop *loop_;
    wait *wait_ = nullptr;
    lock_error result_ = LOCK_EOK;
};

inline acquisition<thread_side> acquire(thread_lock &l, lock_loop *loop)
{
    return {&l, loop};
}

inline acquisition<async_side> acquire(async_lock &l)
{
    return {&l, nullptr};
}

}    // namespace dual_lock

#endif
