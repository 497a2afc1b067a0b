/* engine.h - what explore.c, memory.c and platform.c have in common

   explore.c chooses who goes on, memory.c is where __tsan_... calls end, and
   platform.c stands in for the system calls and mutexes of both ports. */

#ifndef ENGINE_H_INCLUDED
#define ENGINE_H_INCLUDED

#include "explore.h"

#include <setjmp.h>
#include <threads.h>

enum { STACK = 1 << 16, HISTORY = 8 };

/* `hb`: what has happened before. `lib`: the same, but without what is owed to
   a mutex or to the mail; between plain accesses only this counts. */
struct clock {
    uint16_t hb[EXPLORE_ACTORS];
    uint16_t lib[EXPLORE_ACTORS];
};

enum state { READY, SPINNING, FUTEX, MUTEX, CONDITION, MAIL, DONE };

/* How an actor goes on. */
enum way { RUN, TIMEOUT, SIGNAL, SPURIOUS, WAYS };

struct actor {
    jmp_buf start, resume;
    enum state state;
    const void *waits_for;      /* futex, mutex, condition */
    mtx_t *mutex;               /* to be locked again after a condition */
    int64_t until;
    int result;
    struct clock clock;
    uintptr_t sp;               /* below it, its stack is dead */
    const void *pc;
    int saved_errno;
    void (*handler)(void);
    bool signalled;
    unsigned mails;
    uintptr_t mail[EXPLORE_MAILS];
    struct clock sent;
    struct place *spins_on;     /* its last step was a load of that, */
    const void *spins_at;       /* there, */
    unsigned spins_since;       /* of its newest value */
};

struct store {
    uint64_t value;
    struct clock released;      /* what an acquire of it learns */
    uint16_t known[EXPLORE_ACTORS]; /* when each wrote or first read it, or 0 */
    bool known_to_all;
};

struct place {                  /* an atomic object */
    const void *at;
    unsigned stores;            /* so far; the last HISTORY are kept */
    struct store store[HISTORY];
};

/* One schedule. */
struct run {
    const struct scenario *scenario;
    unsigned actors, bound, spent, steps, refusals;
    int64_t now;
    bool alone;                 /* a signal handler runs */
    const char *failure;
};

extern struct run run;
extern struct actor actors[EXPLORE_ACTORS], *me;
extern char stacks[EXPLORE_ACTORS][STACK];
extern bool verbose;

/* >>explore.c */

char name_of(const struct actor *a);
unsigned index_of(const struct actor *a);
struct actor *stack_owner(uintptr_t p);
const char *show(uint64_t value);       /* valid for three more calls */
void print_line(const void *pc);
void print_step(const char *format, ...);
_Noreturn void fail(const char *format, ...);

unsigned choose(uint32_t options);      /* one bit of them, the lowest first */
bool odd(void);                         /* may something odd happen? */
bool refused(void);                     /* does the system say no? */

void learn(struct clock *c, const struct clock *from, bool lib);
void tick(void);

void step(void);                        /* the beginning of each step */
void count_step(void);
int wait_for(enum state state, const void *what, int64_t until);
void end_wait(struct actor *a, int result);

/* >>memory.c */

enum access { READ, WRITE, ATOMIC_READ, ATOMIC_WRITE, ACCESSES };

void forget_memory(void);
void touch(const volatile void *p, size_t size, enum access now);
void check_alive(uintptr_t p, const char *what);
void free_memory(uintptr_t from, uintptr_t to);

/* >>platform.c */

void forget_objects(void);
bool mutex_is_free(const void *m);

/* In a replay, tell a step. A macro, for else its arguments cost the most. */
#define say(...) \
    do { \
        if (verbose && me != NULL) \
            print_step(__VA_ARGS__); \
    } while (0)

/* Where the code under test has called us. */
#define HERE \
    do { \
        if (me == NULL) \
            break; \
        me->sp = (uintptr_t)__builtin_frame_address(0) + 2 * sizeof(void *); \
        me->pc = __builtin_return_address(0); \
    } while (0)

#endif
