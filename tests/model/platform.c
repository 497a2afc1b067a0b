/* platform.c - the system calls, mutexes and conditions of both ports */

#include "engine.h"

#include <errno.h>
#include <linux/futex.h>
#include <sched.h>
#include <stdarg.h>
#include <string.h>
#include <sys/syscall.h>
#include <time.h>

enum { OBJECTS = 32 };

struct object {                 /* a mutex (owner) or a condition */
    const void *at;
    bool alive;
    struct actor *owner;
    struct clock clock;
};

static struct object objects[OBJECTS];
static unsigned object_count;

void forget_objects(void)
{
    object_count = 0;
}

static struct object *object_of(const void *at)
{
    unsigned i;

    for (i = 0; i < object_count; i++)
        if (objects[i].at == at)
            return &objects[i];
    if (object_count == OBJECTS)
        fail("too many mutexes");
    objects[object_count] = (struct object){.at = at};
    return &objects[object_count++];
}

bool mutex_is_free(const void *m)
{
    return object_of(m)->owner == NULL;
}

/* >>linux */

static long futex_wait(const uint32_t *word, const int64_t *t)
{
    const int64_t until = t == NULL || t[0] >= INT64_MAX / 1000000000
                              ? INT64_MAX
                              : t[0] * 1000000000 + t[1];
    int e = EAGAIN;

    step();
    check_alive((uintptr_t)word, "a futex wait");
    if (refused())
        e = ENOMEM;
    else if (*word == 0 && until <= run.now)
        e = ETIMEDOUT;
    else if (*word == 0) {
        say("sleeps");
        e = wait_for(FUTEX, word, until);
    }
    say("futex wait ends: %s", e == 0 ? "woken" : strerror(e));
    if (e == 0)
        return 0;
    errno = e;
    return -1;
}

/* The word itself may be gone by now. */
static long futex_wake(const uint32_t *word)
{
    struct actor *a;

    step();
    say("wakes %s", show((uintptr_t)word));
    errno = EPERM;                      /* to see that it is put back */
    for (a = actors; a < actors + run.actors; a++)
        if (a->state == FUTEX && a->waits_for == word) {
            end_wait(a, 0);
            return 1;
        }
    return 0;
}

/* thread_lock_long_ is 64 bits wide where this runs. */
long syscall(long number, ...)
{
    va_list list;
    uint32_t *word;
    int64_t *t;
    int op;

    HERE;
    va_start(list, number);
    word = va_arg(list, uint32_t *);
    op = va_arg(list, int);
    (void)va_arg(list, int);
    t = (op & FUTEX_CMD_MASK) == FUTEX_WAKE ? NULL : va_arg(list, int64_t *);
    va_end(list);
    if (number == SYS_futex && (op & FUTEX_CMD_MASK) == FUTEX_WAKE)
        return futex_wake(word);
    if (number == SYS_futex && (op & FUTEX_CMD_MASK) == FUTEX_WAIT_BITSET)
        return futex_wait(word, t);
    fail("system call %ld(%d) is not modelled", number, op);
}

int sched_yield(void)
{
    return 0;
}

/* The clock may have moved by 20 us since it was last read. */
int clock_gettime(clockid_t clock, struct timespec *t)
{
    (void)clock;
#ifdef EXPLORE_CLOCK_MOVES
    if (odd())
        run.now += 20000;
#endif
    t->tv_sec = (time_t)(run.now / 1000000000);
    t->tv_nsec = (long)(run.now % 1000000000);
    return 0;
}

/* >>c11 */

static struct object *alive_object(const void *at, const char *what)
{
    struct object *o = object_of(at);

    check_alive((uintptr_t)at, what);
    if (!o->alive)
        fail("%s of %s, which is destroyed or was never made", what,
             show((uintptr_t)at));
    return o;
}

static int make(const void *at)
{
    step();
    if (refused())
        return thrd_error;
    *object_of(at) = (struct object){.at = at, .alive = true};
    say("makes %s", show((uintptr_t)at));
    return thrd_success;
}

static void destroy(const void *at)
{
    struct object *o;
    unsigned i;

    step();
    o = alive_object(at, "a destroy");
    for (i = 0; i < run.actors; i++)
        if ((actors[i].state == MUTEX || actors[i].state == CONDITION)
            && actors[i].waits_for == at)
            fail("a destroy of %s, where %c waits", show((uintptr_t)at),
                 'A' + i);
    if (o->owner != NULL)
        fail("a destroy of a mutex that is locked");
    o->alive = false;
    say("destroys %s", show((uintptr_t)at));
}

static void lock_mutex(mtx_t *m)
{
    struct object *o = alive_object(m, "a lock");

    me->state = READY;
    o->owner = me;
    learn(&me->clock, &o->clock, false);
    say("locks %s", show((uintptr_t)m));
}

static void unlock_mutex(mtx_t *m)
{
    struct object *o = alive_object(m, "an unlock");

    if (o->owner != me)
        fail("an unlock of %s by another", show((uintptr_t)m));
    o->owner = NULL;
    o->clock = me->clock;
    tick();
}

int mtx_init(mtx_t *m, int type)
{
    HERE;
    (void)type;
    return make(m);
}

void mtx_destroy(mtx_t *m)
{
    HERE;
    destroy(m);
}

int mtx_lock(mtx_t *m)
{
    HERE;
    step();
    if (refused())
        return thrd_error;
    if (alive_object(m, "a lock")->owner == me)
        fail("a second lock of %s by the same actor", show((uintptr_t)m));
    if (object_of(m)->owner != NULL)
        wait_for(MUTEX, m, INT64_MAX);
    lock_mutex(m);
    return thrd_success;
}

int mtx_unlock(mtx_t *m)
{
    HERE;
    step();
    unlock_mutex(m);
    say("unlocks %s", show((uintptr_t)m));
    return thrd_success;
}

int cnd_init(cnd_t *c)
{
    HERE;
    return make(c);
}

void cnd_destroy(cnd_t *c)
{
    HERE;
    destroy(c);
}

int cnd_signal(cnd_t *c)
{
    struct actor *a;

    HERE;
    step();
    if (refused())
        return thrd_error;
    alive_object(c, "a signal");
    say("signals %s", show((uintptr_t)c));
    for (a = actors; a < actors + run.actors; a++)
        if (a->state == CONDITION && a->waits_for == c) {
            end_wait(a, thrd_success);
            break;
        }
    return thrd_success;
}

static int wait_condition(cnd_t *c, mtx_t *m, int64_t until)
{
    int result;

    step();
    if (refused())
        return thrd_error;
    alive_object(c, "a wait");
    if (until <= run.now)
        return thrd_timedout;
    unlock_mutex(m);
    me->mutex = m;
    say("sleeps");
    result = wait_for(CONDITION, c, until);
    lock_mutex(m);
    say("condition wait ends: %s",
        result == thrd_success ? "woken" : "timeout");
    return result;
}

int cnd_wait(cnd_t *c, mtx_t *m)
{
    HERE;
    return wait_condition(c, m, INT64_MAX);
}

int cnd_timedwait(cnd_t *c, mtx_t *m, const struct timespec *t)
{
    HERE;
    return wait_condition(c, m, (int64_t)t->tv_sec * 1000000000 + t->tv_nsec);
}

int timespec_get(struct timespec *t, int base)
{
    t->tv_sec = (time_t)(run.now / 1000000000);
    t->tv_nsec = (long)(run.now % 1000000000);
    return base;
}

void thrd_yield(void)
{
}

int thrd_sleep(const struct timespec *duration, struct timespec *remaining)
{
    (void)duration;
    (void)remaining;
    return 0;
}

