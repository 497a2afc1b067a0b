/* memory.c - C11's memory as the explorer sees it: atomics, and races

   What the compiler calls where it was told -fsanitize=thread. explore.c says
   what is modelled. */

#include "engine.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

enum { CELLS = 1 << 12, PLACES = 64, FREED = 4 };

struct cell {                   /* eight bytes: who accessed them last, when */
    uintptr_t number;
    unsigned schedule;
    struct place *place;
    uint16_t last[ACCESSES][EXPLORE_ACTORS];
    const void *pc[ACCESSES][EXPLORE_ACTORS];
};

static struct cell cells[CELLS];
static struct place places[PLACES];
static struct { uintptr_t from, to; } dead[FREED];
static unsigned place_count, dead_count, schedule_number;

extern char __executable_start, _end;   /* the linker's: all that is not heap */

void forget_memory(void)
{
    schedule_number++;
    place_count = dead_count = 0;
}

void free_memory(uintptr_t from, uintptr_t to)
{
    if (dead_count == FREED)
        fail("too much is freed");
    dead[dead_count].from = from;
    dead[dead_count++].to = to;
}

/* >>memory */

static struct cell *cell_of(uintptr_t number)
{
    unsigned i = (unsigned)(number * 0x9E3779B97F4A7C15u >> 40);

    for (;; i++) {
        struct cell *c = &cells[i % CELLS];

        if (c->schedule == schedule_number && c->number == number)
            return c;
        if (c->schedule != schedule_number) {
            memset(c, 0, sizeof *c);
            c->number = number;
            c->schedule = schedule_number;
            return c;
        }
    }
}

/* Fail if those bytes are not there any more. */
void check_alive(uintptr_t p, const char *what)
{
    const struct actor *a = stack_owner(p);
    unsigned i;

    if (p < (uintptr_t)&__executable_start || p >= (uintptr_t)&_end)
        fail("%s of %s, which is no object of this program", what, show(p));
    if (a != NULL && p < a->sp)
        fail("%s of %s, in a stack frame that %c has left", what, show(p),
             name_of(a));
    for (i = 0; i < dead_count; i++)
        if (p >= dead[i].from && p < dead[i].to)
            fail("%s of %s, which has been freed", what, show(p));
}

static const char *const access_names[] = {
    "a read", "a write", "an atomic read", "an atomic write"};

static _Noreturn void fail_race(struct cell *c, enum access now,
                                enum access then, unsigned by)
{
    if (verbose) {
        printf("#   raced with %s by %c in ", access_names[then], 'A' + by);
        print_line(c->pc[then][by]);
        printf("\n");
    }
    fail("data race on %s: %s by %c, %s by %c before, and nothing between",
         show(c->number * 8), access_names[now], name_of(me),
         access_names[then], 'A' + by);
}

static const bool in_conflict[ACCESSES][ACCESSES] = {
    [READ] = {[WRITE] = true, [ATOMIC_WRITE] = true},
    [WRITE] = {true, true, true, true},
    [ATOMIC_READ] = {[WRITE] = true},
    [ATOMIC_WRITE] = {[READ] = true, [WRITE] = true},
};

static struct cell *touch_cell(uintptr_t number, enum access now)
{
    struct cell *c = cell_of(number);
    const uint16_t *known;
    unsigned by, then;

    for (then = 0; then < ACCESSES; then++)
        for (by = 0; in_conflict[now][then] && by < run.actors; by++) {
            known = now < ATOMIC_READ && then < ATOMIC_READ ? me->clock.lib
                                                            : me->clock.hb;
            if (by != index_of(me) && c->last[then][by] > known[by])
                fail_race(c, now, (enum access)then, by);
        }
    c->last[now][index_of(me)] = me->clock.lib[index_of(me)];
    c->pc[now][index_of(me)] = me->pc;
    if (now == WRITE)
        c->place = NULL;
    return c;
}

void touch(const volatile void *p, size_t size, enum access now)
{
    const uintptr_t from = (uintptr_t)p;
    uintptr_t number;

    if (me == NULL || p == (void *)&errno)      /* each thread has its own */
        return;
    check_alive(from, access_names[now]);
    for (number = from / 8; number <= (from + size - 1) / 8; number++)
        touch_cell(number, now);
}

/* >>atomics */

static bool acquires(int order)
{
    return order == __ATOMIC_ACQUIRE || order == __ATOMIC_CONSUME
           || order == __ATOMIC_ACQ_REL || order == __ATOMIC_SEQ_CST;
}

static bool releases(int order)
{
    return order == __ATOMIC_RELEASE || order == __ATOMIC_ACQ_REL
           || order == __ATOMIC_SEQ_CST;
}

static const char *order_name(int order)
{
    static const char *const names[] = {
        "relaxed", "consume", "acquire", "release", "acq_rel", "seq_cst"};

    return names[order & 0xffff];
}

static uint64_t raw_load(const volatile void *p, size_t size)
{
    uint64_t value = 0;

    memcpy(&value, (const void *)(uintptr_t)p, size);   /* little endian */
    return value;
}

static void raw_store(volatile void *p, uint64_t value, size_t size)
{
    memcpy((void *)(uintptr_t)p, &value, size);
}

static struct store *nth_store(struct place *at, unsigned n)
{
    return &at->store[n % HISTORY];
}

static struct store *newest(struct place *at)
{
    return nth_store(at, at->stores - 1);
}

static struct store *append(struct place *at, uint64_t value)
{
    struct store *s = nth_store(at, at->stores++);

    memset(s, 0, sizeof *s);
    s->value = value;
    return s;
}

static struct place *place_of(const volatile void *p, size_t size,
                              enum access access)
{
    const uint64_t value = raw_load(p, size);
    struct cell *c;
    struct place *at;

    check_alive((uintptr_t)p, access_names[access]);
    c = touch_cell((uintptr_t)p / 8, access);
    if (c->place == NULL) {
        if (place_count == PLACES)
            fail("too many atomics");
        c->place = &places[place_count++];
        c->place->at = (const void *)(uintptr_t)p;
        c->place->stores = 0;
    }
    at = c->place;
    if (at->at != p)
        fail("two atomics in one cell at %s", show((uintptr_t)p));
    if (at->stores == 0 || newest(at)->value != value)
        append(at, value)->known_to_all = true;
    return at;
}

static void know(struct store *s)
{
    if (s->known[index_of(me)] == 0)
        s->known[index_of(me)] = me->clock.hb[index_of(me)];
}

static bool i_know(const struct store *s)
{
    unsigned i;

    for (i = 0; i < run.actors; i++)
        if (s->known[i] != 0 && s->known[i] <= me->clock.hb[i])
            return true;
    return s->known_to_all;
}

/* The oldest store that I may still read: the newest that someone has written
   or read so that I know of it, or the last that we remember. */
static unsigned oldest(const struct place *at)
{
    const unsigned end = at->stores > HISTORY ? at->stores - HISTORY : 0;
    unsigned n = at->stores - 1;

    while (n > end && !i_know(&at->store[n % HISTORY]))
        n--;
    return n;
}

/* Choose what to read; old values only if they are not `but`. */
static struct store *read_from(struct place *at, const uint64_t *but)
{
    const unsigned last = at->stores - 1;
    uint32_t options = 1;
    unsigned n, back;

    for (n = oldest(at); n < last && run.spent < run.bound; n++)
        if (but == NULL || nth_store(at, n)->value != *but)
            options |= 1u << (last - n);
    back = choose(options);
    run.spent += back != 0;
    know(nth_store(at, last - back));
    return nth_store(at, last - back);
}

static const char *age(struct place *at, const struct store *s)
{
    return s == newest(at) ? "" : " OLD";
}

/* The same load again, with nothing new to see? Then wait until there is. */
static bool spin(const volatile void *p)
{
    if (me->spins_on == NULL || me->spins_on->at != p || me->spins_at != me->pc
        || me->spins_on->stores != me->spins_since)
        return false;
    count_step();
    say("spins on %s", show((uintptr_t)p));
    wait_for(SPINNING, NULL, INT64_MAX);
    me->state = READY;
    return true;
}

static uint64_t load(const volatile void *p, size_t size, int order)
{
    struct place *at;
    struct store *s;

    if (me == NULL)
        return raw_load(p, size);
    if (!spin(p))
        step();
    me->spins_on = NULL;
    at = place_of(p, size, ATOMIC_READ);
    s = read_from(at, NULL);
    if (acquires(order))
        learn(&me->clock, &s->released, true);
    tick();
    if (s == newest(at)) {
        me->spins_on = at;
        me->spins_at = me->pc;
        me->spins_since = at->stores;
    }
    say("loads %s: %s%s (%s)", show((uintptr_t)p), show(s->value), age(at, s),
        order_name(order));
    return s->value;
}

static void put(struct place *at, volatile void *p, size_t size, uint64_t value,
                int order, const struct clock *released)
{
    struct store *s = append(at, value);

    if (released != NULL)
        s->released = *released;
    if (releases(order))
        learn(&s->released, &me->clock, true);
    know(s);
    tick();
    raw_store(p, value, size);
}

static void store(volatile void *p, size_t size, uint64_t value, int order)
{
    if (me == NULL) {
        raw_store(p, value, size);
        return;
    }
    step();
    put(place_of(p, size, ATOMIC_WRITE), p, size, value, order, NULL);
    say("stores %s: %s (%s)", show((uintptr_t)p), show(value),
        order_name(order));
}

static bool compare_exchange(volatile void *p, size_t size, uint64_t *expected,
                             uint64_t desired, int order, int otherwise,
                             bool weak)
{
    const uint64_t want = *expected;
    struct clock released;
    struct place *at;
    struct store *s;
    const char *why;

    step();
    at = place_of(p, size, ATOMIC_READ);
    s = read_from(at, &want);
    if (s->value == want && !(weak && odd())) {
        touch_cell((uintptr_t)p / 8, ATOMIC_WRITE);
        released = s->released;
        if (acquires(order))
            learn(&me->clock, &released, true);
        put(at, p, size, desired, order, &released);
        say("swaps %s: %s -> %s (%s)", show((uintptr_t)p), show(want),
            show(desired), order_name(order));
        return true;
    }
    why = s->value == want ? " FOR NO REASON" : age(at, s);
    if (acquires(otherwise))
        learn(&me->clock, &s->released, true);
    tick();
    *expected = s->value;
    say("fails to swap %s: %s, not %s%s (%s)", show((uintptr_t)p),
        show(s->value), show(want), why, order_name(otherwise));
    return false;
}

#define ATOMICS(bits) \
    uint##bits##_t __tsan_atomic##bits##_load(const volatile void *p, \
                                              int order) \
    { \
        HERE; \
        return (uint##bits##_t)load(p, bits / 8, order); \
    } \
    void __tsan_atomic##bits##_store(volatile void *p, uint##bits##_t value, \
                                     int order) \
    { \
        HERE; \
        store(p, bits / 8, value, order); \
    } \
    static bool swap##bits(volatile void *p, void *expected, \
                           uint##bits##_t desired, int order, int otherwise, \
                           bool weak) \
    { \
        uint64_t seen = raw_load(expected, bits / 8); \
        bool done; \
        if (me == NULL) \
            return __atomic_compare_exchange_n( \
                (volatile uint##bits##_t *)p, (uint##bits##_t *)expected, \
                desired, false, __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST); \
        done = compare_exchange(p, bits / 8, &seen, desired, order, otherwise, \
                                weak); \
        raw_store(expected, seen, bits / 8); \
        return done; \
    } \
    bool __tsan_atomic##bits##_compare_exchange_strong( \
        volatile void *p, void *expected, uint##bits##_t desired, int order, \
        int otherwise) \
    { \
        HERE; \
        return swap##bits(p, expected, desired, order, otherwise, false); \
    } \
    bool __tsan_atomic##bits##_compare_exchange_weak( \
        volatile void *p, void *expected, uint##bits##_t desired, int order, \
        int otherwise) \
    { \
        HERE; \
        return swap##bits(p, expected, desired, order, otherwise, true); \
    } \
    FETCH(bits, exchange, value) \
    FETCH(bits, fetch_add, old + value) \
    FETCH(bits, fetch_sub, old - value) \
    FETCH(bits, fetch_and, old & value) \
    FETCH(bits, fetch_or, old | value) \
    FETCH(bits, fetch_xor, old ^ value) \
    FETCH(bits, fetch_nand, ~(old & value))

/* One step: the value read just before is the newest, so the swap succeeds. */
#define FETCH(bits, what, result) \
    uint##bits##_t __tsan_atomic##bits##_##what( \
        volatile void *p, uint##bits##_t value, int order) \
    { \
        struct place *at; \
        uint##bits##_t old, desired; \
        struct clock released; \
        HERE; \
        if (me != NULL) \
            step(); \
        old = (uint##bits##_t)raw_load(p, bits / 8); \
        desired = (uint##bits##_t)(result); \
        if (me == NULL) { \
            raw_store(p, desired, bits / 8); \
            return old; \
        } \
        at = place_of(p, bits / 8, ATOMIC_WRITE); \
        released = newest(at)->released; \
        if (acquires(order)) \
            learn(&me->clock, &released, true); \
        put(at, p, bits / 8, desired, order, &released); \
        say(#what " %s: %s -> %s (%s)", show((uintptr_t)p), show(old), \
            show(desired), order_name(order)); \
        return old; \
    }

ATOMICS(8)
ATOMICS(16)
ATOMICS(32)
ATOMICS(64)

void __tsan_atomic_thread_fence(int order)
{
    (void)order;
    fail("a fence, which is not modelled");
}

void __tsan_atomic_signal_fence(int order)
{
    (void)order;
}

/* >>plain accesses */

#define PLAIN(size) \
    void __tsan_read##size(void *p) { HERE; touch(p, size, READ); } \
    void __tsan_write##size(void *p) { HERE; touch(p, size, WRITE); }
#define UNALIGNED(size) \
    void __tsan_unaligned_read##size(void *p) { HERE; touch(p, size, READ); } \
    void __tsan_unaligned_write##size(void *p) { HERE; touch(p, size, WRITE); }

PLAIN(1) PLAIN(2) PLAIN(4) PLAIN(8) PLAIN(16)
UNALIGNED(2) UNALIGNED(4) UNALIGNED(8) UNALIGNED(16)

void __tsan_read_range(void *p, size_t size) { HERE; touch(p, size, READ); }
void __tsan_write_range(void *p, size_t size) { HERE; touch(p, size, WRITE); }
void __tsan_func_entry(void *pc) { (void)pc; }
void __tsan_func_exit(void) { }
void __tsan_init(void) { }

