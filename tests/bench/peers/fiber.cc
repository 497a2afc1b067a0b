// Boost's fibers switch stacks where others call a function. Only the hand-over
// is timed, not how they queue up, for that cannot be told from their creation.
#include "bench.h"
#include <boost/fiber/all.hpp>
#include <vector>

static double fiber_uncontended(long pairs)
{
    boost::fibers::mutex m;
    const int64_t start = now_ns();
    for (long i = 0; i < pairs; i++) {
        m.lock();
        m.unlock();
    }
    return double(now_ns() - start) / double(pairs);
}

static int64_t once(long waiters, long &served)
{
    boost::fibers::mutex m;
    std::vector<boost::fibers::fiber> fibers;
    m.lock();
    for (long i = 0; i < waiters; i++)
        fibers.emplace_back(boost::fibers::launch::dispatch, [&] {
            m.lock();
            served++;
            m.unlock();
        });
    const int64_t start = now_ns();
    m.unlock();
    for (auto &f : fibers)
        f.join();
    return now_ns() - start;
}

static double fiber_hand_over(long waiters, long times)
{
    int64_t took = 0;
    long served = 0;
    if (waiters > 10000)
        return -1;      // a stack for each
    times = times / 10 + 1;
    for (long i = 0; i < times; i++)
        took += once(waiters, served);
    if (served != waiters * times)
        broken("boost.fiber", "not all were served");
    return double(took) / double(served);
}

static double fiber_cancel(long, long)
{
    return -1;          // it has none
}

ENTER_ASYNC(fiber, "boost.fiber", sizeof(boost::fibers::mutex), 0)
