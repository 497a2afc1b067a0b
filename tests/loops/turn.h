/* turn.h - one of the loops of examples/loops, in C and C++; -DON_... chooses

   open_loop(l)     both, the loop and its adapter; false: the system refuses
   turn(l)          run what is due, and do not wait for more
   close_locks(l)   the adapter
   close_loop(l)    what is left; true: nothing was                          */

#if defined ON_UV
#include "lock_uv.h"

typedef struct lock_uv adapter;
static uv_loop_t loop;

static bool open_loop(adapter *l)
{
    return uv_loop_init(&loop) == 0 && lock_uv_init(l, &loop) == 0;
}

static void turn(adapter *l)
{
    (void)l;
    uv_run(&loop, UV_RUN_NOWAIT);
}

static enum lock_error close_locks(adapter *l)
{
    return lock_uv_close(l);
}

static bool close_loop(adapter *l)
{
    turn(l);
    return uv_loop_close(&loop) == 0;
}

#elif defined ON_GLIB
#include "lock_glib.h"

typedef struct lock_glib adapter;
static GMainContext *loop;

static bool open_loop(adapter *l)
{
    loop = g_main_context_new();
    lock_glib_init(l, loop);
    return true;
}

static void turn(adapter *l)
{
    (void)l;
    g_main_context_iteration(loop, FALSE);
}

static enum lock_error close_locks(adapter *l)
{
    return lock_glib_close(l);
}

static bool close_loop(adapter *l)
{
    (void)l;
    g_main_context_unref(loop);
    return true;
}

#elif defined ON_EVENT
#include "lock_event.h"
#include <event2/thread.h>

typedef struct lock_event adapter;
static struct event_base *loop;

static bool open_loop(adapter *l)
{
    evthread_use_pthreads();
    loop = event_base_new();
    return loop != NULL && lock_event_init(l, loop) == 0;
}

static void turn(adapter *l)
{
    (void)l;
    event_base_loop(loop, EVLOOP_NONBLOCK);
}

static enum lock_error close_locks(adapter *l)
{
    return lock_event_close(l);
}

static bool close_loop(adapter *l)
{
    (void)l;
    event_base_free(loop);
    libevent_global_shutdown();
    return true;
}

#elif defined ON_EV
#include "lock_ev.h"

typedef struct lock_ev adapter;
static struct ev_loop *loop;

static bool open_loop(adapter *l)
{
    loop = ev_loop_new(EVFLAG_AUTO);
    if (loop == NULL)
        return false;
    lock_ev_init(l, loop);
    return true;
}

static void turn(adapter *l)
{
    (void)l;
    ev_run(loop, EVRUN_NOWAIT);
}

static enum lock_error close_locks(adapter *l)
{
    return lock_ev_close(l);
}

static bool close_loop(adapter *l)
{
    const bool empty = !ev_run(loop, EVRUN_NOWAIT);

    (void)l;
    ev_loop_destroy(loop);
    return empty;
}

#elif defined ON_SD_EVENT
#include "lock_sd_event.h"

typedef struct lock_sd_event adapter;
static sd_event *loop;

static bool open_loop(adapter *l)
{
    return sd_event_new(&loop) >= 0 && lock_sd_event_init(l, loop) == 0;
}

static void turn(adapter *l)
{
    (void)l;
    sd_event_run(loop, 0);
}

static enum lock_error close_locks(adapter *l)
{
    return lock_sd_event_close(l);
}

static bool close_loop(adapter *l)
{
    (void)l;
    return sd_event_unref(loop) == NULL;
}

#elif defined ON_URING
#include "lock_uring.h"

typedef struct lock_uring adapter;
static struct io_uring ring;

static bool open_loop(adapter *l)
{
    return io_uring_queue_init(4, &ring, 0) == 0
           && lock_uring_init(l, &ring) == 0;
}

/* Returns whether the adapter is in use. */
static bool turn_ring(adapter *l)
{
    struct io_uring_cqe *cqe;

    io_uring_submit(&ring);
    if (io_uring_peek_cqe(&ring, &cqe) != 0)
        return true;
    io_uring_cqe_seen(&ring, cqe);
    return lock_uring_run(l);
}

static void turn(adapter *l)
{
    turn_ring(l);
}

static enum lock_error close_locks(adapter *l)
{
    return lock_uring_close(l);
}

static bool close_loop(adapter *l)
{
    while (turn_ring(l))
        continue;
    io_uring_queue_exit(&ring);
    return true;
}

#elif defined ON_FD
#include "lock_fd.h"
#include <poll.h>

typedef struct lock_fd adapter;

static bool open_loop(adapter *l)
{
    return lock_fd_init(l) == 0;
}

static void turn(adapter *l)
{
    struct pollfd readable = {l->fd, POLLIN, 0};

    if (poll(&readable, 1, 0) == 1)
        lock_fd_run(l);
}

static enum lock_error close_locks(adapter *l)
{
    return lock_fd_close(l);
}

static bool close_loop(adapter *l)
{
    (void)l;
    return true;
}
#endif
