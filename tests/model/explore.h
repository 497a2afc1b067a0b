/* explore.h - run small scenarios of two to four actors in every order

   The code under test is compiled with -fsanitize=thread, but linked with
   explore.c, not with the sanitizer's library. So each atomic operation, each
   futex call, mutex and condition is a step at which another actor may go on,
   and each plain access is checked for races. See explore.c for what is
   modelled, and what not. */

#ifndef EXPLORE_H_INCLUDED
#define EXPLORE_H_INCLUDED

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define EXPLORE_ACTORS 4

/* Written down in scenarios.c. Plain data that two actors write must not share
   eight aligned bytes, unless the same lock guards it. */
struct scenario {
    const char *name;
    const char *claim;
    void (*actor[EXPLORE_ACTORS])(void);
    void (*check)(void);                /* when all actors have finished */
    unsigned refusals;                  /* how often the system says no */
    unsigned less;                      /* than the others is its bound */
};

extern const struct scenario scenarios[];       /* up to one without a name */
void scenario_reset(void);
const char *scenario_place(const void *p);      /* its name, or NULL */

#define expect(claim) explore_expect((claim), #claim, __FILE__, __LINE__)
void explore_expect(bool holds, const char *claim, const char *file, int line);

/* From here to the end of the schedule no one may touch those bytes. */
void explore_free(const void *p, size_t size);

/* Once from here on, at any step of this actor, or never, a signal handler runs
   on top of it: alone, so it fails where it would have to wait for another. It
   ends a futex wait with EINTR. NULL: no more. */
void explore_signal(void (*handler)(void));
void explore_ignore(void);              /* a handler that does nothing */

/* A queue for each actor, such as loops have, guarded as by a mutex: it orders
   what is sent before what is received, but not the plain data of others. */
#define EXPLORE_MAILS 4
void explore_send(unsigned to, uintptr_t what);
uintptr_t explore_receive(void);        /* waits for it */

/* The actor that runs, from 0. */
unsigned explore_self(void);

/* The clock that both ports see. It stands still but for waits that end. */
int64_t explore_now(void);

#endif
