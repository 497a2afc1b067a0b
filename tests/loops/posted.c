/* posted.c - what each adapter of examples/loops promises, in C and C++: posts
   run first in, first out, and a loop can be closed. One argument says what to
   try: order, closing or, with HELD, held. For held, lock_jobs.h has been edited
   to call hold() before a thread leaves post. */
#define _POSIX_C_SOURCE 200809L
#include "lock.h"
#define ASYNC_LOCK_STATIC
#include "async_lock.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#ifdef HELD
static void hold(void);
#endif
#include "turn.h"

#include <dirent.h>

#define THREADS 4
#define JOBS 5000
#define ROUNDS 200

static void expect(bool is_so, const char *what)
{
    if (is_so)
        return;
    printf("not so: %s\n", what);
    exit(EXIT_FAILURE);
}

static adapter *opened(void)
{
    adapter *l = (adapter *)malloc(sizeof *l);

    expect(l != NULL && open_loop(l), "the loop opens");
    return l;
}

/* The thread that is inside post may be as slow as it likes. */
static void close_all(adapter *l)
{
    enum lock_error e = close_locks(l);

    while (e == LOCK_EBUSY) {
        turn(l);
        e = close_locks(l);
    }
    expect(e == LOCK_EOK, "it closes");
    expect(close_loop(l), "nothing of the locks is left in the loop");
    free(l);
}

static pthread_t started(void *(*fn)(void *arg), void *arg)
{
    pthread_t t;

    expect(pthread_create(&t, NULL, fn, arg) == 0, "a thread starts");
    return t;
}

/* >>order: of what a thread posts; all that the first does, before any runs */
struct numbered {
    struct lock_job job;
    int thread, number;
};

static struct numbered posted[THREADS][JOBS];
static int number_due[THREADS], ran;
static adapter *posted_to;

static void run(struct lock_job *job)
{
    struct numbered *n = (struct numbered *)(void *)job;

    expect(n->number == number_due[n->thread]++, "first in, first out");
    ran++;
}

static void *post_all(void *arg)
{
    struct numbered *n = (struct numbered *)arg;

    for (int i = 0; i < JOBS; i++, n++) {
        n->job.run = run;
        n->thread = (int)((n - posted[0]) / JOBS);
        n->number = i;
        posted_to->base.post(&posted_to->base, &n->job);
    }
    return NULL;
}

static void order(void)
{
    pthread_t thread[THREADS];

    posted_to = opened();
    post_all(posted[0]);
    expect(ran == 0, "nothing runs inside post");
    for (int i = 1; i < THREADS; i++)
        thread[i] = started(post_all, posted[i]);
    while (ran < THREADS * JOBS)
        turn(posted_to);
    close_all(posted_to);
    for (int i = 1; i < THREADS; i++)
        pthread_join(thread[i], NULL);
}

/* >>closing */
static struct thread_lock door;
static struct thread_lock_waiter first, second;
static bool served;

static void serve(void *arg, enum lock_error result)
{
    (void)arg;
    expect(result == LOCK_EOK, "its fn is told that it has the lock");
    served = true;
    thread_lock_release(&door);
}

static void *open_door(void *arg)
{
    thread_lock_release(&door);
    return arg;
}

static void queue(adapter *l, struct thread_lock_waiter *w)
{
    expect(thread_lock_acquire_async(&door, w, &l->base, serve, NULL)
               == LOCK_EPENDING, "it waits");
}

/* The waiter is cancelled after the lock was handed over: its job remains. */
static void post_for_nobody(adapter *l, struct async_lock *line)
{
    static struct async_lock_waiter w;

    async_lock_init(line, &l->base);
    expect(async_lock_try_acquire(line) == LOCK_EOK, "it is free");
    expect(async_lock_acquire(line, &w, serve, NULL) == LOCK_EPENDING,
           "it waits");
    async_lock_release(line);
    expect(async_lock_cancel(line, &w) == LOCK_EOK, "it is cancelled");
}

/* A thread releases while the loop cancels, or waits for its turn. */
static void close_once(bool cancels)
{
    adapter *l = opened();
    struct async_lock line;
    pthread_t t;

    served = false;
    expect(thread_lock_try_acquire(&door) == LOCK_EOK, "it is free");
    queue(l, &first);
    queue(l, &second);
    expect(thread_lock_cancel(&door, &second) == LOCK_EOK, "it is cancelled");
    t = started(open_door, NULL);
    if (!cancels || thread_lock_cancel(&door, &first) != LOCK_EOK)
        while (!served)
            turn(l);
    post_for_nobody(l, &line);
    expect(close_locks(l) == LOCK_EBUSY, "it is busy with what is posted");
    expect(async_lock_locked(&line), "which has not run");
    while (async_lock_locked(&line))
        turn(l);
    close_all(l);
    pthread_join(t, NULL);
}

static int descriptors(void)
{
    DIR *all = opendir("/proc/self/fd");
    int n = 0;

    expect(all != NULL, "descriptors can be counted");
    while (readdir(all) != NULL)
        n++;
    closedir(all);
    return n;
}

static void closing(void)
{
    int before;

    close_once(true);           /* a library may keep something for good */
    before = descriptors();
    for (int i = 0; i < ROUNDS; i++)
        close_once(i % 2 == 0);
    expect(descriptors() == before, "no descriptor is left");
}

/* >>held: the job has run, but the thread that posted it is still in post */
#ifdef HELD
static struct thread_lock may_leave;
static pthread_t loop_thread;

static void hold(void)
{
    if (pthread_equal(pthread_self(), loop_thread))
        return;
    thread_lock_acquire(&may_leave);
    thread_lock_release(&may_leave);
}

static void held(void)
{
    adapter *l = opened();
    pthread_t t;

    loop_thread = pthread_self();
    thread_lock_acquire(&door);
    thread_lock_acquire(&may_leave);
    queue(l, &first);
    t = started(open_door, NULL);
    while (!served)
        turn(l);
    expect(close_locks(l) == LOCK_EBUSY, "it is busy while a thread posts");
    turn(l);
    expect(close_locks(l) == LOCK_EBUSY, "it still is");
    thread_lock_release(&may_leave);
    close_all(l);
    pthread_join(t, NULL);
}

#endif

int main(int argc, char **argv)
{
    if (argc == 2 && strcmp(argv[1], "order") == 0)
        order();
    else if (argc == 2 && strcmp(argv[1], "closing") == 0)
        closing();
#ifdef HELD
    else if (argc == 2 && strcmp(argv[1], "held") == 0)
        held();
#endif
    else
        expect(false, "there is one argument that says what to try");
    return EXIT_SUCCESS;
}
