/* handshake.c - a lock as a gate that one thread closes and another opens

   A thread_lock belongs to no thread: any thread may release it. So a lock can
   be a gate: who acquires it waits until it is open, and shuts it behind
   itself; who releases it opens it. Two threads with a gate each, who open the
   other's when they have had their turn, take turns, without a condition
   variable. (With a pthread_mutex_t this would be undefined behaviour.)

   The parentheses in (thread_lock_acquire)(gate) tell a debug build that this
   lock has no owner: else it would report a thread that closes its gate twice
   as one that waits for itself.

   The ball is a plain variable with no lock of its own: what a thread writes
   before it opens a gate is seen by the thread that comes through.

   Prints the turns, which are always in this order, and what became of the
   gates.                                                                    */

#define THREAD_LOCK_IMPLEMENTATION
#include "lock.h"

#include <stdio.h>
#include <stdlib.h>
#include <threads.h>

#define TURNS 5

struct player {
    const char *name;
    struct thread_lock *mine, *theirs;
};

static struct thread_lock ping_gate, pong_gate;     /* both open */
static int ball;

static int play(void *player)
{
    const struct player *p = player;
    int i;

    for (i = 0; i < TURNS; i++) {
        (thread_lock_acquire)(p->mine);
        printf("%s %d\n", p->name, ++ball);
        thread_lock_release(p->theirs);
    }
    return 0;
}

static const char *state(const struct thread_lock *gate)
{
    return thread_lock_locked(gate) ? "closed" : "open";
}

int main(void)
{
    struct player ping = {"ping", &ping_gate, &pong_gate};
    struct player pong = {"pong", &pong_gate, &ping_gate};
    thrd_t a, b;

    /* This thread closes a gate that it will never open. */
    (thread_lock_acquire)(&pong_gate);

    if (thrd_create(&a, play, &pong) != thrd_success
        || thrd_create(&b, play, &ping) != thrd_success) {
        fprintf(stderr, "handshake: cannot start two threads\n");
        return EXIT_FAILURE;
    }
    thrd_join(a, NULL);
    thrd_join(b, NULL);

    printf("ping's gate is %s, pong's gate is %s\n", state(&ping_gate),
           state(&pong_gate));
    printf("opening the open gate: %s\n",
           lock_strerror(thread_lock_release(&ping_gate)));
    return EXIT_SUCCESS;
}
