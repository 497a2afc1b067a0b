/* turns.c - four threads and a web page take one lock in turn

   For Emscripten, where a thread is a web worker. The workers block while they
   wait. The page's main thread must never block, or the page freezes: it awaits
   the same lock, and goes on drawing. `make browser` builds it. page.js lives
   the page's part, and draws what all of them note here.

   The lock guards plain data: a counter, and how many turns each has had. Each
   turn reads the counter when it begins and writes it when it ends, so a turn
   of somebody else in between would be lost, and the counter would be less than
   the turns.                                                                */

#define _POSIX_C_SOURCE 200809L
#define THREAD_LOCK_IMPLEMENTATION
#include "lock.h"
#include "lock_page.h"

#include <pthread.h>
#include <stdatomic.h>
#include <time.h>

#define WORKERS 4
#define PAGE WORKERS                  /* who it is, beside workers 0 to 3 */
#define HOG_MS 3000
#define EVENTS 256

/* page.js has the same names in the same order. */
enum what { RESTS, ASKS, HOLDS, TIMED_OUT, CANCELLED, SPRINTS };

/* What one of the five noted and the page has not drawn yet. */
struct notes {
    struct note {
        double when;
        enum what what;
    } note[EVENTS];
    atomic_uint written, read;
};

static struct thread_lock lock;
static long counter, turns[WORKERS + 1];    /* guarded by the lock */
static long seen_by_page;

static struct lock_page page;
static struct thread_lock_waiter waiter;

static struct notes notes[WORKERS + 1];
static atomic_bool hog;                     /* the next worker keeps it long */
static atomic_int limit_ms;                 /* 0: workers wait without one */
static atomic_int sprint[WORKERS];          /* turns to take without a rest */
static atomic_int at_start;

/* >>notes */

/* A clock that the page and its workers share. */
EM_JS(double, now_ms, (void), {
    return performance.timeOrigin + performance.now();
})

/* If the page was hidden for so long that there is no room, drop the note. */
EMSCRIPTEN_KEEPALIVE void note(int who, enum what what)
{
    struct notes *n = &notes[who];
    const unsigned at = n->written;

    if (at - n->read == EVENTS)
        return;
    n->note[at % EVENTS] = (struct note){now_ms(), what};
    n->written = at + 1;
}

EM_JS(void, page_hears, (int who, int what, double when), {
    Module.hear(who, what, when);
})

EMSCRIPTEN_KEEPALIVE void tell_page(void)
{
    for (int who = 0; who <= WORKERS; who++)
        for (struct notes *n = &notes[who]; n->read != n->written; n->read++) {
            const struct note *e = &n->note[n->read % EVENTS];

            page_hears(who, (int)e->what, e->when);
        }
}

/* >>workers */

static void sleep_ms(int ms)
{
    const struct timespec t = {ms / 1000, ms % 1000 * 1000000L};

    nanosleep(&t, NULL);
}

static int between(unsigned *seed, int least, int most)
{
    *seed = *seed * 1664525u + 1013904223u;
    return least + (int)((*seed >> 8) % (unsigned)(most - least));
}

/* The worker holds the lock. It becomes a hog if somebody asks for one. */
static void work(int who, int ms)
{
    const long seen = counter;
    double end = now_ms() + ms;

    note(who, HOLDS);
    for (; now_ms() < end; sleep_ms(5))
        if (atomic_exchange(&hog, false))
            end = now_ms() + HOG_MS;
    counter = seen + 1;
    turns[who]++;
    note(who, RESTS);
    thread_lock_release(&lock);
}

/* All four begin together. Now and then one keeps the lock while it sleeps:
   without the lock, what the others count meanwhile would be lost. */
static void run(int who)
{
    note(who, SPRINTS);
    for (at_start++; at_start < WORKERS;)
        sleep_ms(1);
    for (; sprint[who] > 0; sprint[who]--)
        THREAD_LOCK_WITH(&lock) {
            const long seen = counter;

            turns[who]++;
            if (sprint[who] % 1024 == 0)
                sleep_ms(1);
            counter = seen + 1;
        }
    note(who, RESTS);
}

static void ask(int who, unsigned *seed)
{
    const int64_t ms = limit_ms;
    enum lock_error e;

    note(who, ASKS);
    e = ms == 0 ? thread_lock_acquire(&lock)
                : thread_lock_acquire_for(&lock, ms * 1000000);
    if (e == LOCK_EOK)
        work(who, between(seed, 150, 450));
    else
        note(who, TIMED_OUT);
}

static void *live(void *arg)
{
    const int who = (int)(intptr_t)arg;
    unsigned seed = (unsigned)who + 1;

    for (;;) {
        for (int ms = between(&seed, 300, 1100); ms > 0; ms -= 20) {
            sleep_ms(20);
            if (sprint[who] > 0)
                run(who);
        }
        ask(who, &seed);
    }
    return NULL;
}

/* >>the page: page.js calls these */

EM_JS(void, page_served, (int result), {
    Module.served(result);
})

static void served(void *arg, enum lock_error result)
{
    (void)arg;
    page_served((int)result);
}

/* LOCK_EOK: the page holds the lock. LOCK_EPENDING: Module.served is called
   once it does. */
EMSCRIPTEN_KEEPALIVE enum lock_error page_acquires(void)
{
    return thread_lock_acquire_async(&lock, &waiter, &page.base, served, NULL);
}

/* LOCK_EOK: Module.served will not be called. Otherwise it is too late. */
EMSCRIPTEN_KEEPALIVE enum lock_error page_cancels(void)
{
    return thread_lock_cancel(&lock, &waiter);
}

/* What no page should do: block. It spins here, and draws nothing. */
EMSCRIPTEN_KEEPALIVE enum lock_error page_blocks(void)
{
    return thread_lock_acquire(&lock);
}

EMSCRIPTEN_KEEPALIVE void page_begins(void)
{
    seen_by_page = counter;
}

EMSCRIPTEN_KEEPALIVE void page_ends(void)
{
    counter = seen_by_page + 1;
    turns[PAGE]++;
    thread_lock_release(&lock);
}

/* Only for one that holds the lock. */
EMSCRIPTEN_KEEPALIVE long counted(void)
{
    return counter;
}

EMSCRIPTEN_KEEPALIVE long turns_of(int who)
{
    return turns[who];
}

/* >>buttons */

EMSCRIPTEN_KEEPALIVE void set_hog(bool on)
{
    hog = on;
}

EMSCRIPTEN_KEEPALIVE void set_limit(int ms)
{
    limit_ms = ms;
}

EMSCRIPTEN_KEEPALIVE bool sprinting(void)
{
    bool any = false;

    for (int who = 0; who < WORKERS; who++)
        any |= sprint[who] > 0;
    return any;
}

/* Only after the last one has ended. */
EMSCRIPTEN_KEEPALIVE void start_sprint(int n)
{
    at_start = 0;
    for (int who = 0; who < WORKERS; who++)
        sprint[who] = n;
}

EMSCRIPTEN_KEEPALIVE const char *version(void)
{
    return "lock.h " THREAD_LOCK_VERSION ", port " THREAD_LOCK_PORT;
}

int main(void)
{
    pthread_t thread;

    lock_page_open(&page);
    for (int who = 0; who < WORKERS; who++)
        if (pthread_create(&thread, NULL, live, (void *)(intptr_t)who) != 0)
            return 1;
    return 0;
}
