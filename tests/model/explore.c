/* explore.c - a deterministic schedule explorer in place of ThreadSanitizer

   Actors are coroutines. Before each step of one (an atomic operation, a call
   to the system) the explorer chooses who makes the next step, and some steps
   have several results to choose from. A schedule is the list of these choices.
   They are tried depth first: run to the end, change the last choice that has
   an alternative left, run again from the beginning.

   Modelled
   - Happens-before after C11, by vector clocks; release sequences as C++20 has
     them (read-modify-writes only). Races on plain data, including accesses to
     freed memory and to stack frames that have been left.
   - A load, and a compare-and-swap that fails, may return an older value, where
     coherence and happens-before do not rule it out. HISTORY stores back.
   - A weak compare-and-swap and a wait may end for no reason.
   - Time-outs come at any moment; the clock then jumps. Signals, likewise. In
     the build `awake` the clock may jump whenever it is read, at a cost of one.
   - A mutex orders the accesses to atomics, but gives no happens-before to
     plain data: that has to come from the code's own atomics.

   Bounded
   - Each preemption (taking the turn from an actor that could go on) costs
     one, and so does each oddity (an old value, a failure or wake-up for no
     reason, a refusal). A schedule may spend `bound` in all, of which 0, 1, 2
     and so on are tried in turn.

   Not modelled
   - Stores take effect in the order of the steps, so no load buffering. Fences
     and seq_cst (no more than acq_rel here). thrd_create: actors are threads.
   - An actor that loads the same newest value twice in a row at the same
     instruction spins: it gets no turn until someone has stored there.   */

#include "engine.h"

#include <errno.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <ucontext.h>
#include <unistd.h>

#ifndef EXPLORE_PORT
#define EXPLORE_PORT "linux"
#endif

enum {
    STEPS = 1000,               /* more in one schedule is a livelock */
    CHOICES = 8 * STEPS
};

static struct {
    uint32_t left[CHOICES];     /* the lowest bit is the choice */
    unsigned depth, known;
    bool replay;
} path;

struct run run;
struct actor actors[EXPLORE_ACTORS], *me;
char stacks[EXPLORE_ACTORS][STACK] __attribute__((aligned(64)));
bool verbose;
static jmp_buf outside;
static ucontext_t main_context;
static char failure_text[400];

/* >>reports */

char name_of(const struct actor *a)
{
    return (char)('A' + (a - actors));
}

struct actor *stack_owner(uintptr_t p)
{
    const uintptr_t offset = p - (uintptr_t)stacks;

    return offset < sizeof stacks ? &actors[offset / STACK] : NULL;
}

/* Name an address or a value: a scenario's, one on a stack, or a number. */
const char *show(uint64_t value)
{
    static char text[4][48];
    static unsigned next;
    char *s = text[next++ % 4];
    const uintptr_t p = (uintptr_t)value & ~(uintptr_t)7;
    const char *name = scenario_place((const void *)p);
    const struct actor *a = stack_owner(p);
    const unsigned bits = (unsigned)value & 7;

    if (name != NULL)
        snprintf(s, sizeof *text, bits ? "%s|%u" : "%s", name, bits);
    else if (a != NULL)
        snprintf(s, sizeof *text, bits ? "%c's:%04x|%u" : "%c's:%04x",
                 name_of(a), (unsigned)((p - (uintptr_t)stacks) % STACK), bits);
    else
        snprintf(s, sizeof *text, "%llx", (unsigned long long)value);
    return s;
}

/* The source line of a return address, with the functions inlined there. */
void print_line(const void *pc)
{
    char command[120], line[300] = "";
    FILE *pipe;
    unsigned n = 0;

    snprintf(command, sizeof command,
             "addr2line -s -i -f -e /proc/%ld/exe %p 2>&1",
             (long)getpid(), (void *)((uintptr_t)pc - 1));
    pipe = popen(command, "r");
    while (pipe != NULL && fgets(line, sizeof line, pipe) != NULL) {
        line[strcspn(line, "\n(")] = '\0';
        printf("%s%s", n == 0 ? "" : n % 2 ? " " : " < ", line);
        n++;
    }
    if (pipe != NULL)
        pclose(pipe);
    if (n == 0)
        printf("%p", pc);
}

void print_step(const char *format, ...)
{
    va_list list;

    printf("# %3u %c%s ", run.steps, name_of(me), run.alone ? " handler:" : "");
    va_start(list, format);
    vprintf(format, list);
    va_end(list);
    printf("   ");
    print_line(me->pc);
    printf("\n");
}

_Noreturn void fail(const char *format, ...)
{
    va_list list;

    va_start(list, format);
    vsnprintf(failure_text, sizeof failure_text, format, list);
    va_end(list);
    run.failure = failure_text;
    say("FAILS: %s", failure_text);
    _longjmp(outside, 1);
}

void explore_expect(bool holds, const char *claim, const char *file, int line)
{
    const char *base = strrchr(file, '/');

    if (holds)
        return;
    if (me != NULL)
        fail("expected %s (%s:%d)", claim, base ? base + 1 : file, line);
    snprintf(failure_text, sizeof failure_text, "at the end, expected %s (%d)",
             claim, line);
    run.failure = failure_text;
}

/* >>choices */

/* Choose one bit of `options`, the lowest first. */
unsigned choose(uint32_t options)
{
    uint32_t *left = &path.left[path.depth];

    if ((options & (options - 1)) == 0)
        return (unsigned)__builtin_ctz(options);
    if (path.depth == CHOICES)
        fail("more than %d choices", CHOICES);
    if (path.depth++ >= path.known)
        *left = options;
    else if (path.replay && (*left & options) != *left)
        fail("not a schedule of this scenario, or of this build");
    path.known = path.known < path.depth ? path.depth : path.known;
    return (unsigned)__builtin_ctz(*left);
}

/* On to the next schedule; false if there is none. */
static bool next_path(void)
{
    while (path.known > 0) {
        uint32_t *left = &path.left[path.known - 1];

        *left &= *left - 1;
        if (*left != 0)
            return true;
        path.known--;
    }
    return false;
}

/* May something odd happen here? It costs one. */
bool odd(void)
{
    if (run.spent >= run.bound || choose(3) == 0)
        return false;
    run.spent++;
    return true;
}

bool refused(void)
{
    if (me == NULL || run.refusals == 0 || !odd())
        return false;
    run.refusals--;
    say("is refused");
    return true;
}

/* >>clocks */

unsigned index_of(const struct actor *a)
{
    return (unsigned)(a - actors);
}

void learn(struct clock *c, const struct clock *from, bool lib)
{
    unsigned i;

    for (i = 0; i < EXPLORE_ACTORS; i++) {
        if (c->hb[i] < from->hb[i])
            c->hb[i] = from->hb[i];
        if (lib && c->lib[i] < from->lib[i])
            c->lib[i] = from->lib[i];
    }
}

void tick(void)
{
    me->clock.lib[index_of(me)] = ++me->clock.hb[index_of(me)];
}

/* >>scheduling */

static bool runnable(const struct actor *a)
{
    switch (a->state) {
    case READY:     return true;
    case SPINNING:  return a->spins_on->stores != a->spins_since;
    case MUTEX:     return mutex_is_free(a->waits_for);
    case MAIL:      return a->mails > 0;
    case FUTEX: case CONDITION: case DONE: break;
    }
    return false;
}

static bool possible(const struct actor *a, enum way way)
{
    const bool waits = a->state == FUTEX || a->state == CONDITION;

    switch (way) {
    case RUN:      return runnable(a);
    case TIMEOUT:  return waits && a->until != INT64_MAX;
    case SIGNAL:   return a->handler != NULL && a->state != DONE;
    case SPURIOUS: return waits;
    case WAYS:     break;
    }
    return false;
}

void end_wait(struct actor *a, int result)
{
    a->result = result;
    a->state = a->state == CONDITION ? MUTEX : READY;
    a->waits_for = a->mutex;
}

static void switch_to(struct actor *a)
{
    struct actor *from = me;

    if (a == me)
        return;
    me->saved_errno = errno;
    me = a;
    errno = a->saved_errno;
    if (_setjmp(from->resume) == 0)
        _longjmp(a->resume, 1);
}

static _Noreturn void stuck(void)
{
    char text[EXPLORE_ACTORS * 40] = "";
    unsigned i, done = 0;
    static const char *const waits[] = {
        "", "for a store", "on a futex", "for a mutex", "on a condition",
        "for mail"};

    for (i = 0; i < run.actors; i++)
        if (actors[i].state == DONE)
            done++;
        else
            snprintf(text + strlen(text), 40, ", %c waits %s", 'A' + i,
                     waits[actors[i].state]);
    if (done < run.actors)
        fail("no one can move%s", text);
    _longjmp(outside, 1);
}

static unsigned cost_of(bool i_could, unsigned turn)
{
    return (i_could && turn != 0 ? 1u : 0u)
           + (turn / EXPLORE_ACTORS == SPURIOUS ? 1u : 0u);
}

/* Whose turn is it, and how does that one go on? Bit way * ACTORS + i, where i
   counts from me. */
static unsigned whose_turn(void)
{
    const bool i_could = runnable(me);
    uint32_t options = 0;
    bool alive = false;
    unsigned i, way, cost;

    for (way = RUN; way < WAYS; way++)
        for (i = 0; i < run.actors; i++) {
            if (!possible(&actors[(index_of(me) + i) % run.actors], way))
                continue;
            alive |= way == RUN || way == TIMEOUT;
            cost = cost_of(i_could, way * EXPLORE_ACTORS + i);
            if (run.spent + cost <= run.bound)
                options |= 1u << (way * EXPLORE_ACTORS + i);
        }
    if (!alive)
        stuck();
    i = choose(options);
    run.spent += cost_of(i_could, i);
    return i;
}

static void run_handler(void)
{
    const struct actor before = *me;

    say("is interrupted by a signal");
    me->handler = NULL;
    me->signalled = false;
    run.alone = true;
    before.handler();
    run.alone = false;
    me->spins_on = before.spins_on;
    me->spins_at = before.spins_at;
    me->spins_since = before.spins_since;
    me->pc = before.pc;
    me->sp = before.sp;
}

/* Let someone go on, and return when that is me. */
static void schedule(void)
{
    for (;;) {
        const unsigned turn = whose_turn();
        struct actor *a = &actors[(index_of(me) + turn % EXPLORE_ACTORS)
                                  % run.actors];
        const enum way way = (enum way)(turn / EXPLORE_ACTORS);
        const bool waited = a->state == FUTEX;

        if (way == TIMEOUT && run.now < a->until)
            run.now = a->until;
        if (way == TIMEOUT)
            end_wait(a, a->state == FUTEX ? ETIMEDOUT : thrd_timedout);
        if (way == SPURIOUS)
            end_wait(a, 0);
        if (way == SIGNAL)
            a->signalled = true;
        if (way == SIGNAL && waited)
            end_wait(a, EINTR);
        if (!runnable(a) && !a->signalled)
            continue;
        switch_to(a);
        if (me->signalled)
            run_handler();
        else if (runnable(me))
            return;
    }
}

void count_step(void)
{
    if (++run.steps > STEPS)
        fail("livelock: more than %d steps", STEPS);
}

/* The beginning of each step. */
void step(void)
{
    count_step();
    if (!run.alone)
        schedule();
    me->spins_on = NULL;
}

/* Sleep in that state until someone ends it. */
int wait_for(enum state state, const void *what, int64_t until)
{
    if (run.alone)
        fail("a signal handler waits");
    me->state = state;
    me->waits_for = what;
    me->until = until;
    me->result = 0;
    schedule();
    return me->result;
}

/* >>what scenarios call */

void explore_free(const void *p, size_t size)
{
    HERE;
    step();
    touch(p, size, WRITE);
    free_memory((uintptr_t)p, (uintptr_t)p + size);
    say("frees %s", show((uintptr_t)p));
}

void explore_signal(void (*handler)(void))
{
    me->handler = handler;
}

void explore_ignore(void)
{
}

void explore_send(unsigned to, uintptr_t what)
{
    struct actor *a = &actors[to];

    HERE;
    step();
    if (a->mails == EXPLORE_MAILS)
        fail("too much mail for %c", name_of(a));
    a->mail[a->mails++] = what;
    learn(&a->sent, &me->clock, false);
    tick();
    say("sends to %c", name_of(a));
}

uintptr_t explore_receive(void)
{
    uintptr_t first;

    HERE;
    step();
    if (me->mails == 0)
        wait_for(MAIL, NULL, INT64_MAX);
    me->state = READY;
    first = me->mail[0];
    memmove(me->mail, me->mail + 1, --me->mails * sizeof *me->mail);
    learn(&me->clock, &me->sent, false);
    say("receives");
    return first;
}

unsigned explore_self(void)
{
    return index_of(me);
}

int64_t explore_now(void)
{
    return run.now;
}

/* >>main */

/* The bottom of each actor's stack: `start` is where each schedule begins. */
static void actor_main(void)
{
    if (_setjmp(me->start) == 0)
        setcontext(&main_context);
    run.scenario->actor[index_of(me)]();
    me->handler = NULL;
    me->state = DONE;
    me->sp = (uintptr_t)stacks[index_of(me)] + STACK;
    say("is done");
    for (;;)
        schedule();
}

static void make_actors(void)
{
    static ucontext_t contexts[EXPLORE_ACTORS];

    for (me = actors; me < actors + EXPLORE_ACTORS; me++) {
        ucontext_t *c = &contexts[index_of(me)];

        getcontext(c);
        c->uc_stack.ss_sp = stacks[index_of(me)];
        c->uc_stack.ss_size = STACK;
        makecontext(c, actor_main, 0);
        swapcontext(&main_context, c);
    }
    me = NULL;
}

static void crash(int signal)
{
    if (me == NULL)
        abort();
    fail("a crash, signal %d", signal);
}

/* A broken lock may follow wild pointers. */
static void catch_crashes(void)
{
    static char stack[1 << 16];
    const stack_t other = {.ss_sp = stack, .ss_size = sizeof stack};
    struct sigaction action = {.sa_handler = crash,
                               .sa_flags = SA_NODEFER | SA_ONSTACK};

    sigaltstack(&other, NULL);
    sigaction(SIGSEGV, &action, NULL);
    sigaction(SIGBUS, &action, NULL);
    sigaction(SIGILL, &action, NULL);
}

static void reset(const struct scenario *s, unsigned bound)
{
    unsigned i;

    memset(&run, 0, sizeof run);
    forget_memory();
    forget_objects();
    path.depth = 0;
    run.scenario = s;
    run.bound = bound;
    run.refusals = s->refusals;
    run.now = 1000;
    while (run.actors < EXPLORE_ACTORS && s->actor[run.actors] != NULL)
        run.actors++;
    for (i = 0; i < run.actors; i++) {
        struct actor *a = &actors[i];

        a->state = READY;
        a->sp = (uintptr_t)stacks[i] + STACK;
        a->handler = NULL;
        a->signalled = false;
        a->spins_on = NULL;
        a->saved_errno = 0;
        a->mails = 0;
        memset(&a->sent, 0, sizeof a->sent);
        a->clock = (struct clock){{0}, {0}};
        a->clock.hb[i] = a->clock.lib[i] = 1;
        memcpy(a->resume, a->start, sizeof a->start);
    }
    scenario_reset();
}

/* Run one schedule; true if all was well. */
static bool run_schedule(const struct scenario *s, unsigned bound)
{
    reset(s, bound);
    if (_setjmp(outside) == 0) {
        me = &actors[choose((1u << run.actors) - 1)];
        _longjmp(me->resume, 1);
    }
    me = NULL;
    if (run.failure == NULL && s->check != NULL)
        s->check();
    return run.failure == NULL;
}

static double seconds(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static const char digits[] = "0123456789abcdefghijklmnopqrstuv";

static void print_replay(const struct scenario *s, unsigned bound)
{
    unsigned end = path.depth, i;

    while (end > 0 && (path.left[end - 1] & 1))
        end--;
    printf("# again: build/tests/model_" EXPLORE_PORT " --replay %s:%u:",
           s->name, bound);
    for (i = 0; i < end; i++)
        printf("%c", digits[__builtin_ctz(path.left[i])]);
    printf("\n");
}

/* Make the same choices again, and tell each step. */
static void tell(const struct scenario *s, unsigned bound)
{
    path.known = path.depth;
    path.replay = verbose = true;
    run_schedule(s, bound);
    path.replay = verbose = false;
}

struct limits {
    bool brief;                 /* of a failure, only what it is */
    unsigned bound;
    double seconds;             /* a scenario */
};

/* Explore a scenario bound by bound; false if it fails. */
static bool explore(const struct scenario *s, struct limits limits)
{
    const double began = seconds();
    const unsigned most = limits.bound < s->less ? 0 : limits.bound - s->less;
    double told = began, now = began;
    unsigned long n = 0;
    unsigned bound;

    for (bound = 0; bound <= most; bound++) {
        path.known = 0;
        do {
            n++;
            if (!run_schedule(s, bound)) {
                printf("not ok - model " EXPLORE_PORT ": %s: %s\n", s->name,
                       s->claim);
                if (!limits.brief)
                    tell(s, bound);
                printf("# %s\n", failure_text);
                print_replay(s, bound);
                return false;
            }
            if (n % 1024 == 0 && (now = seconds()) > told + 5) {
                told = now;
                printf("# %s: %lu schedules, %.0f s, bound %u\n", s->name, n,
                       now - began, bound);
                fflush(stdout);
            }
        } while (next_path() && now - began < limits.seconds);
        if (path.known > 0)
            break;
    }
    printf("ok - model " EXPLORE_PORT ": %s: %s (%lu schedules, ", s->name,
           s->claim, n);
    if (bound > most)
        printf("bound %u", most);
    else
        printf("CUT SHORT within bound %u", bound);
    printf(", %.1f s)\n", seconds() - began);
    fflush(stdout);
    return true;
}

static const struct scenario *find(const char *name, size_t length)
{
    const struct scenario *s;

    for (s = scenarios; s->name != NULL; s++)
        if (strlen(s->name) == length && strncmp(s->name, name, length) == 0)
            return s;
    printf("# no scenario %.*s\n", (int)length, name);
    exit(2);
}

static int replay(const char *text)
{
    const struct scenario *s = find(text, strcspn(text, ":"));
    unsigned bound = 0;
    const char *c = strchr(text, ':');
    char *end = NULL;

    if (c != NULL)
        bound = (unsigned)strtoul(c + 1, &end, 10);
    for (c = end != NULL && *end == ':' ? end + 1 : ""; *c != '\0'; c++)
        if (strchr(digits, *c) != NULL && path.known < CHOICES)
            path.left[path.known++] = 1u << (strchr(digits, *c) - digits);
    path.replay = verbose = true;
    if (run_schedule(s, bound)) {
        printf("# this schedule is fine\n");
        return 0;
    }
    printf("# %s\n", failure_text);
    return 1;
}

static int usage(void)
{
    printf("# model_" EXPLORE_PORT " [--preemptions N] [--seconds N a scenario]"
           " [--quick]\n#     [--brief] [--list] [--replay NAME:BOUND:CHOICES]"
           " [NAME...]\n");
    return 2;
}

int main(int argc, char **argv)
{
    struct limits limits = {false, 3, 1e9};
    const struct scenario *s;
    int failures = 0, i;

    make_actors();
    catch_crashes();
    for (i = 1; i < argc && strncmp(argv[i], "--", 2) == 0; i++) {
        if (strcmp(argv[i], "--quick") == 0)
            limits.bound = 2;
        else if (strcmp(argv[i], "--brief") == 0)
            limits.brief = true;
        else if (strcmp(argv[i], "--preemptions") == 0 && i + 1 < argc)
            limits.bound = (unsigned)strtoul(argv[++i], NULL, 10);
        else if (strcmp(argv[i], "--seconds") == 0 && i + 1 < argc)
            limits.seconds = strtod(argv[++i], NULL);
        else if (strcmp(argv[i], "--replay") == 0 && i + 1 < argc)
            return replay(argv[i + 1]);
        else if (strcmp(argv[i], "--list") == 0)
            for (s = scenarios; s->name != NULL; s++)
                printf("# %s: %s\n", s->name, s->claim);
        else
            return usage();
    }
    for (s = scenarios; i == argc && s->name != NULL; s++)
        failures += !explore(s, limits);
    for (; i < argc; i++)
        failures += !explore(find(argv[i], strlen(argv[i])), limits);
    return failures != 0;
}
