/* uring.c - both locks in an io_uring program: see scenario.h, lock_uring.h */
#include "loop.h"
#include "lock_uring.h"
#include "timers.h"

#include <string.h>

/* fn is NULL once nobody wants to hear of it; a completion may still come. */
struct watch {
    int fd;
    void (*fn)(void *arg);
    void *arg;
};

static struct io_uring ring;
static struct lock_uring locks;
static bool ended;

static void loop_open(void)
{
    const int e = io_uring_queue_init(256, &ring, 0);

    if (e < 0) {
        printf("this system refuses io_uring: %s\n", strerror(-e));
        exit(EXIT_FAILURE);
    }
    must(lock_uring_init(&locks, &ring) == 0, "lock_uring_init");
}

static struct lock_loop *loop_of_locks(void)
{
    return &locks.base;
}

static struct io_uring_sqe *request(void)
{
    struct io_uring_sqe *sqe = io_uring_get_sqe(&ring);

    if (sqe == NULL) {
        io_uring_submit(&ring);
        sqe = io_uring_get_sqe(&ring);
    }
    must(sqe != NULL, "io_uring_get_sqe");
    return sqe;
}

static void wait_until_readable(struct watch *w)
{
    struct io_uring_sqe *sqe = request();

    io_uring_prep_poll_add(sqe, w->fd, POLLIN);
    io_uring_sqe_set_data(sqe, w);
}

static void loop_watch(struct watch *w, int fd, void (*fn)(void *), void *arg)
{
    *w = (struct watch){fd, fn, arg};
    wait_until_readable(w);
}

/* Submitted at once, since the descriptor is about to be closed. */
static void loop_unwatch(struct watch *w)
{
    struct io_uring_sqe *sqe = request();

    w->fn = NULL;
    io_uring_prep_poll_remove(sqe, (uintptr_t)w);
    io_uring_sqe_set_data(sqe, NULL);
    io_uring_submit(&ring);
}

static void readable(struct watch *w)
{
    if (w->fn != NULL)
        w->fn(w->arg);
    if (w->fn != NULL)
        wait_until_readable(w);
}

/* Returns whether the locks go on. */
static bool complete(const struct io_uring_cqe *cqe)
{
    void *data = io_uring_cqe_get_data(cqe);

    if (data == &locks)
        return lock_uring_run(&locks);
    if (data != NULL)
        readable(data);
    return true;
}

static bool turn(void)
{
    const int ms = ms_left();
    struct __kernel_timespec limit = {ms / 1000, ms % 1000 * 1000000};
    struct io_uring_cqe *cqe, seen;

    if (io_uring_submit_and_wait_timeout(&ring, &cqe, 1, &limit, NULL) < 0)
        cqe = NULL;
    if (cqe == NULL)
        return true;
    seen = *cqe;
    io_uring_cqe_seen(&ring, cqe);
    return complete(&seen);
}

static void loop_run(void)
{
    while (!ended) {
        turn();
        run_timers();
    }
}

static void loop_end(void)
{
    ended = true;
}

static void loop_close(void)
{
    must(lock_uring_close(&locks) == LOCK_EOK, "lock_uring_close");
    while (turn())
        continue;
    io_uring_queue_exit(&ring);
}

#include "scenario.h"
