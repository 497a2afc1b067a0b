/* coroutine.cpp - C++20 coroutines co_await both locks

   Three coroutines on one loop and two threads count under a thread_lock. Then
   three coroutines share a line under an async_lock. Last, coroutines that wait
   are destroyed: one that waits in the queue, and one that the lock is on its
   way to. Nothing is lost: the next one gets the lock. Copy coroutine.hpp.  */

#define THREAD_LOCK_IMPLEMENTATION
#define ASYNC_LOCK_IMPLEMENTATION
#include "coroutine.hpp"

#include <condition_variable>
#include <coroutine>
#include <cstdio>
#include <exception>
#include <mutex>
#include <thread>

/* >>loop: a queue of jobs that any thread may post to */
class event_loop : public lock_loop {
public:
    event_loop() { post = post_job; }

    /* Run jobs, and wait for more, until `done`. */
    template <class Predicate> void run_until(Predicate done)
    {
        while (!done())
            run_one(take());
    }

    bool has_jobs()
    {
        const std::lock_guard<std::mutex> guard(mutex_);

        return first_ != nullptr;
    }

    /* co_await main_loop.turn(): go on in a later turn. */
    auto turn()
    {
        struct turn : lock_job {
            event_loop *loop;
            std::coroutine_handle<> coroutine{};

            explicit turn(event_loop *l) : lock_job{}, loop(l) {}
            bool await_ready() { return false; }
            void await_suspend(std::coroutine_handle<> c)
            {
                coroutine = c;
                run = [](lock_job *job) {
                    static_cast<turn *>(job)->coroutine.resume();
                };
                loop->post(loop, this);
            }
            void await_resume() {}
        };
        return turn(this);
    }

private:
    static void post_job(lock_loop *base, lock_job *job)
    {
        event_loop *const loop = static_cast<event_loop *>(base);
        const std::lock_guard<std::mutex> guard(loop->mutex_);

        job->next = nullptr;
        *loop->end_ = job;
        loop->end_ = &job->next;
        loop->posted_.notify_one();
    }

    lock_job *take()
    {
        std::unique_lock<std::mutex> guard(mutex_);
        lock_job *job;

        posted_.wait(guard, [this] { return first_ != nullptr; });
        job = first_;
        first_ = job->next;
        if (first_ == nullptr)
            end_ = &first_;
        return job;
    }

    static void run_one(lock_job *job) { job->run(job); }

    std::mutex mutex_;
    std::condition_variable posted_;
    lock_job *first_ = nullptr, **end_ = &first_;
};

/* >>task: a coroutine that its owner destroys, whether it has ended or waits */
class task {
public:
    struct promise_type {
        task get_return_object()
        {
            return task(
                std::coroutine_handle<promise_type>::from_promise(*this));
        }
        std::suspend_never initial_suspend() noexcept { return {}; }
        std::suspend_always final_suspend() noexcept { return {}; }
        void return_void() {}
        void unhandled_exception() { std::terminate(); }
    };

    explicit task(std::coroutine_handle<promise_type> c) : coroutine_(c) {}
    task(task &&other) noexcept : coroutine_(other.coroutine_)
    {
        other.coroutine_ = nullptr;
    }
    task &operator=(task &&) = delete;
    ~task() { destroy(); }

    bool done() const { return coroutine_.done(); }
    void destroy()
    {
        if (coroutine_)
            std::exchange(coroutine_, nullptr).destroy();
    }

private:
    std::coroutine_handle<promise_type> coroutine_;
};

/* >>threads and coroutines count */
static const long times = 10000;
static event_loop main_loop;
static thread_lock lock;
static long total;

static void count_in_thread()
{
    for (long i = 0; i < times; i++) {
        const std::lock_guard<thread_lock> held(lock);

        total++;
    }
}

static task count()
{
    for (long i = 0; i < times; i++) {
        auto held = co_await dual_lock::acquire(lock, &main_loop);

        total++;
    }
}

static void count_together()
{
    std::thread one(count_in_thread), two(count_in_thread);
    task a = count(), b = count(), c = count();

    main_loop.run_until([&] { return a.done() && b.done() && c.done(); });
    one.join();
    two.join();
    std::printf("two threads and three coroutines count: %ld\n", total);
}

/* >>coroutines share a line */
static async_lock line;

static task send(const char *name)
{
    auto held = co_await dual_lock::acquire(line);

    std::printf("%s has the line", name);
    co_await main_loop.turn();
    std::printf(", and after a turn of the loop still has\n");
}

static void share_a_line()
{
    async_lock_init(&line, &main_loop);
    task a = send("a"), b = send("b"), c = send("c");

    main_loop.run_until([&] { return a.done() && b.done() && c.done(); });
    std::printf("the line is %s\n", async_lock_locked(&line) ? "held" : "free");
}

/* >>destroyed coroutines */
static task wait_for_lock(const char *name)
{
    auto held = co_await dual_lock::acquire(lock, &main_loop);

    std::printf("%s has the lock\n", name);
}

static task wait_for_line(const char *name)
{
    auto held = co_await dual_lock::acquire(line);

    if (held)
        std::printf("%s has the line\n", name);
    else
        std::printf("%s: %s\n", name, lock_strerror(held.result()));
}

static void destroy_those_who_wait_for_the_lock()
{
    thread_lock_acquire(&lock);
    task a = wait_for_lock("a"), b = wait_for_lock("b"), c = wait_for_lock("c");

    a.destroy();                    /* it waits in the queue */
    thread_lock_release(&lock);     /* the lock is on its way to b */
    b.destroy();
    std::printf("a and b are destroyed, the lock is %s\n",
                thread_lock_locked(&lock) ? "held" : "free");
    main_loop.run_until([&] { return c.done(); });
    std::printf("the lock is %s\n",
                thread_lock_locked(&lock) ? "held" : "free");
}

static void destroy_those_who_wait_for_the_line()
{
    (void)async_lock_try_acquire(&line);
    task a = wait_for_line("a"), b = wait_for_line("b"), c = wait_for_line("c");

    a.destroy();
    async_lock_release(&line);
    b.destroy();
    main_loop.run_until([&] { return c.done(); });
    std::printf("the line is %s\n", async_lock_locked(&line) ? "held" : "free");
}

static task *to_be_destroyed;

static task hear_and_destroy_the_other()
{
    auto held = co_await dual_lock::acquire(line);

    std::printf("the first hears: %s\n", lock_strerror(held.result()));
    to_be_destroyed->destroy();
}

/* Both waits are cancelled, but the second coroutine has not heard of it. */
static void destroy_one_whose_wait_was_cancelled()
{
    (void)async_lock_try_acquire(&line);
    task first = hear_and_destroy_the_other(), second = wait_for_line("never");

    to_be_destroyed = &second;
    std::printf("%zu waits are cancelled", async_lock_cancel_all(&line));
    std::printf(", the line is still %s\n",
                async_lock_locked(&line) ? "held" : "free");
    async_lock_release(&line);
}

int main()
{
    count_together();
    share_a_line();
    destroy_those_who_wait_for_the_lock();
    destroy_those_who_wait_for_the_line();
    destroy_one_whose_wait_was_cancelled();
    return main_loop.has_jobs();
}
