/* What examples/coroutine.cpp leaves out. Above all coroutines that one thread
   starts and the loop of another resumes: they may be gone before await_suspend
   returns. */
#define main example
#include "examples/coroutine.cpp"
#undef main

#include <atomic>

/* A coroutine that destroys itself when it ends. */
struct detached {
    struct promise_type {
        detached get_return_object() { return {}; }
        std::suspend_never initial_suspend() noexcept { return {}; }
        std::suspend_never final_suspend() noexcept { return {}; }
        void return_void() {}
        void unhandled_exception() { std::terminate(); }
    };
};

static std::atomic<long> ended;
static std::atomic<bool> stop;

static detached count_once()
{
    {
        auto held = co_await dual_lock::acquire(lock, &main_loop);

        total++;
    }
    ended++;
}

static detached end_loop()
{
    co_await main_loop.turn();
    stop = true;
}

/* A thread holds the lock when a coroutine starts, and releases it at about the
   moment when the coroutine waits. Nothing but the lock orders what they do. */
static const long rounds = 2000;
static std::atomic<long> held_in, started_in;

static void hold_in_each_round()
{
    for (long i = 1; i <= rounds; i++) {
        thread_lock_acquire(&lock);
        held_in = i;
        while (started_in.load(std::memory_order_relaxed) != i)
            std::this_thread::yield();
        for (long n = i % 4; n > 0; n--)
            std::this_thread::yield();
        total++;
        thread_lock_release(&lock);
        while (ended != i)
            std::this_thread::yield();
    }
}

static bool race()
{
    std::thread runner([] { main_loop.run_until([] { return stop.load(); }); });
    std::thread other(hold_in_each_round);

    for (long i = 1; i <= rounds; i++) {
        while (held_in != i)
            std::this_thread::yield();
        started_in.store(i, std::memory_order_relaxed);
        count_once();
        while (ended != i)
            std::this_thread::yield();
    }
    end_loop();
    runner.join();
    other.join();
    return total == 2 * rounds;
}

/* A wait without a loop is refused, and does not suspend. */
static lock_error result = LOCK_EOK;

static detached acquire_without_a_loop()
{
    auto held = co_await dual_lock::acquire(lock, nullptr);

    if (!held)
        result = held.result();
}

static bool refusal()
{
    thread_lock_acquire(&lock);
    acquire_without_a_loop();
    thread_lock_release(&lock);
    return result == LOCK_EINVAL && !thread_lock_locked(&lock);
}

/* What is awaited may be a variable, which then outlives the wait; the holder
   may move, and release before its scope ends. */
static task await_a_variable()
{
    auto wanted = dual_lock::acquire(line);
    auto held = co_await wanted;
    auto moved = std::move(held);

    moved.release();
    co_await main_loop.turn();
}

static bool variable()
{
    async_lock_init(&line, &main_loop);
    (void)async_lock_try_acquire(&line);
    task a = await_a_variable(), b = wait_for_line("b");

    async_lock_release(&line);
    main_loop.run_until([&] { return a.done() && b.done(); });
    return !async_lock_locked(&line);
}

int main()
{
    const bool right[] = {race(), refusal(), variable()};

    std::printf("race %d, refusal %d, variable %d\n", right[0], right[1],
                right[2]);
    return !(right[0] && right[1] && right[2]);
}
