// struct thread_lock as a C++ mutex. Built as C++17, and as C++11 without
// exceptions.
#include <cerrno>
#include <cstring>
#include <pthread.h>

static bool refuse;     // only a child of a fork sets it

static int init_or_refuse(pthread_mutex_t *m, const pthread_mutexattr_t *a)
{
    return refuse ? ENOMEM : pthread_mutex_init(m, a);
}

#define THREAD_LOCK_PORT_PTHREAD
#define THREAD_LOCK_IMPLEMENTATION
#define pthread_mutex_init init_or_refuse
#include "lock.h"
#undef pthread_mutex_init
#define ASYNC_LOCK_IMPLEMENTATION
#include "async_lock.h"
#include "suite.h"

#include <chrono>
#include <condition_variable>
#include <exception>
#include <mutex>
#include <sys/wait.h>
#include <thread>
#include <type_traits>
#include <unistd.h>

using std::chrono::milliseconds;

#if __cplusplus >= 201703L
static_assert(std::is_aggregate<thread_lock>::value, "THREAD_LOCK_INIT");
#endif
static_assert(std::is_standard_layout<thread_lock>::value, "as in C");
static_assert(std::is_trivial<thread_lock>::value, "malloc and memset will do");
static_assert(std::is_trivially_copyable<thread_lock>::value, "as in C");
static_assert(sizeof(thread_lock) == sizeof(uintptr_t), "one word");
static_assert(noexcept(std::declval<thread_lock &>().lock()), "or terminate");

static thread_lock a, b;

// What another thread finds.
static bool is_held(thread_lock &l)
{
    bool held = false;

    std::thread([&] {
        held = !l.try_lock();
        if (!held)
            l.unlock();
    }).join();
    return held;
}

Test(cxx, a_static_lock_is_zero_and_free)
{
    static const char zero[sizeof a] = {};

    check(memcmp(&a, zero, sizeof a) == 0);
    check(!is_held(a));
}

Test(cxx, a_guard_holds_the_lock_for_its_block)
{
    {
        const std::lock_guard<thread_lock> guard(a);

        check(is_held(a));
    }
    check(!is_held(a));
}

Test(cxx, the_functions_of_c_and_the_members_are_the_same_lock)
{
    a.lock();
    expect(thread_lock_try_acquire(&a), LOCK_EBUSY);
    expect(thread_lock_release(&a), LOCK_EOK);
    expect(thread_lock_acquire(&a), LOCK_EOK);
    check(!a.try_lock());
    a.unlock();
    check(a.try_lock());
    a.unlock();
    check(!thread_lock_locked(&a));
}

Test(cxx, a_unique_lock_tries)
{
    std::unique_lock<thread_lock> first(a, std::try_to_lock);
    std::unique_lock<thread_lock> second(a, std::try_to_lock);

    check(first.owns_lock() && !second.owns_lock());
    first.unlock();
    check(second.try_lock());
}

Test(cxx, a_unique_lock_waits_for_as_long_as_it_says)
{
    std::unique_lock<thread_lock> first(a), second(a, std::defer_lock);
    const auto start = std::chrono::steady_clock::now();

    check(!second.try_lock_for(milliseconds(20)));
    check(std::chrono::steady_clock::now() - start >= milliseconds(20));
    check(!second.try_lock_for(std::chrono::duration<double>(1e-9)));
    check(!second.try_lock_for(milliseconds(0)));
    check(!second.try_lock_for(std::chrono::hours(-1)));
    first.unlock();
    check(second.try_lock_for(milliseconds(0)));
    second.unlock();
    check(second.try_lock_for(std::chrono::hours::max()));
}

template <class Clock> static void wait_until()
{
    std::unique_lock<thread_lock> first(a), second(a, std::defer_lock);
    const auto deadline = Clock::now() + milliseconds(20);

    check(!second.try_lock_until(deadline));
    check(Clock::now() >= deadline);
    check(!second.try_lock_until(deadline));
    first.unlock();
    check(second.try_lock_until(deadline));
}

Test(cxx, a_unique_lock_waits_until_a_deadline_of_any_clock)
{
    wait_until<std::chrono::steady_clock>();
    wait_until<std::chrono::system_clock>();
}

// The clock that a test sets: it stands still while a thread waits.
struct stopped_clock {
    typedef milliseconds duration;
    typedef duration::rep rep;
    typedef duration::period period;
    typedef std::chrono::time_point<stopped_clock> time_point;
    static const bool is_steady = false;
    static int asked;

    static time_point now()
    {
        return time_point(milliseconds(asked++ < 6 ? 0 : 10));
    }
};
int stopped_clock::asked;

Test(cxx, a_deadline_goes_by_its_own_clock_if_that_is_set_back)
{
    const std::lock_guard<thread_lock> guard(a);

    stopped_clock::asked = 0;
    check(!a.try_lock_until(stopped_clock::time_point(milliseconds(5))));
    check(stopped_clock::asked >= 7);
}

Test(cxx, a_limited_wait_gets_a_lock_that_is_released)
{
    std::unique_lock<thread_lock> guard(a);
    bool got = false;
    std::thread other([&] {
        got = a.try_lock_for(std::chrono::hours(1));
        a.unlock();
    });

    guard.unlock();
    other.join();
    check(got && !is_held(a));
}

static int order[2];

static void lock_both(thread_lock &x, thread_lock &y)
{
    for (int i = 0; i < 2000; i++) {
        std::lock(x, y);
        order[0]++;
        order[1]++;
        x.unlock();
        y.unlock();
    }
}

Test(cxx, two_locks_in_both_orders_do_not_deadlock)
{
    std::thread other(lock_both, std::ref(a), std::ref(b));

    lock_both(b, a);
    other.join();
    check(order[0] == 4000 && order[1] == 4000);
    check(std::try_lock(a, b) == -1);
    check(std::try_lock(a, b) == 0);
    a.unlock();
    b.unlock();
}

#if __cplusplus >= 201703L
Test(cxx, a_scoped_lock_holds_both)
{
    {
        const std::scoped_lock both(a, b);

        check(is_held(a) && is_held(b));
    }
    check(!is_held(a) && !is_held(b));
}
#endif

Test(cxx, a_condition_variable_releases_the_lock_while_it_waits)
{
    std::condition_variable_any condition;
    int turn = 0;
    std::thread other([&] {
        std::unique_lock<thread_lock> guard(a);

        for (int i = 1; i < 200; i += 2) {
            condition.wait(guard, [&] { return turn == i; });
            turn++;
            condition.notify_one();
        }
    });
    std::unique_lock<thread_lock> guard(a);

    for (int i = 0; i < 200; i += 2) {
        condition.wait(guard, [&] { return turn == i; });
        turn++;
        condition.notify_one();
    }
    guard.unlock();
    other.join();
    check(turn == 200 && !is_held(a));
}

Test(cxx, a_block_that_holds_the_lock)
{
    for (int i = 0; i < 2; i++)
        THREAD_LOCK_WITH(&a) {
            check(is_held(a));
            if (i == 0)
                break;
        }
    check(!is_held(a));
}

#ifdef __cpp_exceptions
Test(cxx, an_exception_that_leaves_the_block_releases_the_lock)
{
    try {
        THREAD_LOCK_WITH(&a)
            throw 1;
    } catch (int) {
    }
    check(!is_held(a));
}
#endif

// How a child ends that locks while the system refuses what waiting needs.
static int ends(void (*lock)())
{
    int status;
    const pid_t child = fork();

    if (child == 0) {
        std::set_terminate([] { _exit(77); });
        refuse = true;
        lock();
        _exit(0);
    }
    check(child > 0 && waitpid(child, &status, 0) == child);
    check(WIFEXITED(status));
    return WEXITSTATUS(status);
}

Test(cxx, lock_terminates_if_the_thread_cannot_wait)
{
    const std::lock_guard<thread_lock> guard(a);

    check(ends([] { a.lock(); }) == 77);
    check(ends([] { std::lock_guard<thread_lock> waits(a); }) == 77);
    check(ends([] { b.lock(); }) == 0);
    check(ends([] { (void)a.try_lock_for(milliseconds(1)); }) == 0);
    check(ends([] {
        _exit(thread_lock_acquire(&a) == LOCK_ESYSTEM ? 5 : 6);
    }) == 5);
}

static void count(void *n, enum lock_error result)
{
    expect(result, LOCK_EOK);
    ++*static_cast<int *>(n);
}

Test(cxx, the_async_lock_hands_over)
{
    async_lock l = ASYNC_LOCK_INIT;
    async_lock_waiter w = ASYNC_LOCK_WAITER_INIT;
    int n = 0;

    expect(async_lock_acquire(&l, &w, count, &n), LOCK_EOK);
    expect(async_lock_acquire(&l, &w, count, &n), LOCK_EPENDING);
    expect(async_lock_release(&l), LOCK_EOK);
    check(n == 1 && async_lock_locked(&l));
    expect(async_lock_release(&l), LOCK_EOK);
}
