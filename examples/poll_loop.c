/* poll_loop.c - clients of an event loop share a half-duplex line

   A device answers three clients over a line that carries one request or one
   reply at a time. An async_lock passes the line from client to client, with no
   thread and never blocking the loop: who finds it taken leaves a function to
   be called when its turn has come. Prints each exchange, and how often a
   request met a reply, or anything else went wrong.                         */

#define _POSIX_C_SOURCE 200809L
#define ASYNC_LOCK_IMPLEMENTATION
#include "async_lock.h"

#include <ctype.h>
#include <poll.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

/* >>loop: posted jobs, timers and descriptors */
struct timer { struct timer *next; int64_t due; void (*fn)(struct timer *t); };

struct loop {
    struct lock_loop base;            /* first, for post is given its address */
    struct lock_job *jobs, **jobs_end;
    struct timer *timers;             /* the first is due first */
    struct pollfd fds[2];
    void (*readable[2])(int fd);
};

static void loop_post(struct lock_loop *base, struct lock_job *job)
{
    struct loop *l = (struct loop *)(void *)base;

    job->next = NULL;
    *l->jobs_end = job;
    l->jobs_end = &job->next;
}

static int64_t loop_ms(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

static void loop_after(struct loop *l, int ms, struct timer *t)
{
    struct timer **at = &l->timers;

    t->due = loop_ms() + ms;
    while (*at != NULL && (*at)->due <= t->due)
        at = &(*at)->next;
    t->next = *at;
    *at = t;
}

/* A job may be gone, or posted anew, as soon as it runs: read next before. */
static void loop_turn(struct loop *l)
{
    struct lock_job *job = l->jobs, *next;
    struct timer *t = l->timers;
    int64_t ms = job != NULL ? 0 : t != NULL ? t->due - loop_ms() : 60000;
    int i, ready = poll(l->fds, 2, ms > 0 ? (int)ms : 0);

    l->jobs = NULL;
    l->jobs_end = &l->jobs;
    for (; job != NULL; job = next) {
        next = job->next;
        job->run(job);
    }
    for (i = 0; i < 2 && ready > 0; i++)
        if (l->fds[i].revents != 0)
            l->readable[i](l->fds[i].fd);
    if ((t = l->timers) != NULL && t->due <= loop_ms()) {
        l->timers = t->next;
        t->fn(t);
    }
}

/* >>line: a request is a letter, and its reply the capital */
struct client { struct async_lock_waiter waiter; char request; };

static struct client clients[] = {{{0}, 'a'}, {{0}, 'k'}, {{0}, 'x'}}, *talking;
static struct loop loop = {.base = {loop_post}, .jobs_end = &loop.jobs};
static struct async_lock line;
static char heard;                    /* by the device, and not answered yet */
static int ends[2], asked, served, faults;

/* All ask again as soon as they are served: so they should take turns. */
static void talk(void *client, enum lock_error result)
{
    talking = client;
    faults += result != LOCK_EOK || talking != &clients[served++ % 3]
              || write(ends[0], &talking->request, 1) != 1;
}

static void ask(struct client *c)
{
    if (asked++ < 9
        && async_lock_acquire(&line, &c->waiter, talk, c) == LOCK_EOK)
        talk(c, LOCK_EOK);
}

static void client_hears(int fd)
{
    char reply = '?';

    faults += read(fd, &reply, 1) != 1 || reply != toupper(talking->request);
    printf("%c -> %c\n", talking->request++, reply);
    ask(talking);
    async_lock_release(&line);
}

static void device_speaks(struct timer *t)
{
    const char reply = (char)toupper(heard);

    (void)t;
    heard = '\0';
    faults += write(ends[1], &reply, 1) != 1;
}

static void device_hears(int fd)
{
    static struct timer delay = {.fn = device_speaks};

    faults += heard != '\0';
    if (heard == '\0' && read(fd, &heard, 1) == 1)
        loop_after(&loop, 1, &delay);
}

int main(void)
{
    if (socketpair(AF_UNIX, SOCK_STREAM, 0, ends) != 0)
        return 1;
    for (int i = 0; i < 2; i++)
        loop.fds[i] = (struct pollfd){.fd = ends[i], .events = POLLIN};
    loop.readable[0] = client_hears;
    loop.readable[1] = device_hears;
    async_lock_init(&line, &loop.base);
    for (int i = 0; i < 3; i++)
        ask(&clients[i]);
    while (async_lock_locked(&line))
        loop_turn(&loop);
    printf("%d exchanges, %d faults\n", served, faults);
    return faults != 0;
}
