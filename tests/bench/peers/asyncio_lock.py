"""asyncio.Lock, as a contestant: prints one figure."""
import asyncio
import random
import sys
import time
import tracemalloc


async def waiter(lock):
    async with lock:
        pass


async def uncontended(pairs):
    lock = asyncio.Lock()
    start = time.perf_counter_ns()
    for _ in range(pairs):
        await lock.acquire()
        lock.release()
    return (time.perf_counter_ns() - start) / pairs


async def queue(waiters):
    lock = asyncio.Lock()
    await lock.acquire()
    tasks = [asyncio.create_task(waiter(lock)) for _ in range(waiters)]
    await asyncio.sleep(0)
    return lock, tasks


async def hand_over(waiters, times):
    start = time.perf_counter_ns()
    for _ in range(times):
        lock, tasks = await queue(waiters)
        lock.release()
        await asyncio.gather(*tasks)
    return (time.perf_counter_ns() - start) / (waiters * times)


async def cancel(waiters, times):
    took = cancelled = 0
    for _ in range(times):
        lock, tasks = await queue(waiters)
        victims = random.sample(tasks, min(waiters // 2, 200))
        start = time.perf_counter_ns()
        for task in victims:
            task.cancel()
        await asyncio.sleep(0)
        took += time.perf_counter_ns() - start
        cancelled += len(victims)
        lock.release()
        await asyncio.gather(*tasks, return_exceptions=True)
    return took / cancelled


async def size(of_waiter):
    n = 1000
    tracemalloc.start()
    before, _ = tracemalloc.get_traced_memory()
    kept = await queue(n) if of_waiter else [asyncio.Lock() for _ in range(n)]
    after, _ = tracemalloc.get_traced_memory()
    if of_waiter:
        for task in kept[1]:
            task.cancel()
    return (after - before) / n


measure = globals()[sys.argv[1]]
print(asyncio.run(measure(*map(int, sys.argv[2:]))))
