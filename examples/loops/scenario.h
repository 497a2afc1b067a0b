/* scenario.h - what each of the loops beside it goes through; included last

   A gateway passes what many clients ask on to a server that takes one question
   at a time: an async_lock is the turn to ask. Who was answered is booked in a
   ledger, in which worker threads write as well: a thread_lock guards it. The
   sockets, the timers and the threads are real; the moments are arranged:

   - Nobody's turn comes until all have queued up, those with a time limit are
     too late, and those who leave while they wait have left.
   - Some leave when the turn is on its way to them, but has not arrived.
   - A worker keeps the ledger until the loop has given up one booking.

   Prints what became of the clients, whether the books agree, and the longest
   time between two beats of the loop, which should be 1 ms apart: it never
   sleeps in a lock. A fault is a turn out of order, two questions at once, a
   wrong answer, or any other result than the one that is due.               */

#include <arpa/inet.h>
#include <poll.h>
#include <pthread.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define CLIENTS 120
#define WORKERS 4
#define ENTRIES 100

/* What they do: i % 4. */
enum kind { PATIENT, HURRIED, LEAVES, LEAVES_LATER };

enum outcome { ASKS, WAITS, ASKS_SERVER, ANSWERED, LATE, LEFT, LEFT_IN_TURN };

struct client {
    struct async_lock_waiter turn;
    struct thread_lock_waiter booking;
    struct timer limit;
    struct watch watch;
    int fd, end;            /* the gateway's socket, and the client's own */
    int ticket;             /* when it queued up */
    enum kind kind;
    enum outcome outcome;
};

static struct client clients[CLIENTS], *asking;
static struct async_lock server_turn;
static struct watch listener_watch, server_watch;
static int listener, server, accepted, tickets, faults, overlaps;
static bool logged_in;

static struct thread_lock ledger, one_given_up;
static int entries;                     /* in the ledger */
static int booked, given_up, closed;    /* closed: clients that are through */

/* >>messages: numbers; the answer to n is -n, and 0 is "too late" */
static bool tell(int fd, int n)
{
    return send(fd, &n, sizeof n, MSG_NOSIGNAL) == (ssize_t)sizeof n;
}

static bool hear(int fd, int *n)
{
    return recv(fd, n, sizeof *n, MSG_WAITALL) == (ssize_t)sizeof *n;
}

static void *serve(void *fd)
{
    int n, next;

    while (hear(*(int *)fd, &n)) {
        overlaps += recv(*(int *)fd, &next, 1, MSG_PEEK | MSG_DONTWAIT) > 0;
        tell(*(int *)fd, -n);
    }
    return NULL;
}

/* >>ledger */
static void *work(void *keeps_it)
{
    const struct timespec busy = {0, 100000};

    if (keeps_it != NULL) {
        thread_lock_acquire(&one_given_up);
        thread_lock_release(&ledger);
    }
    for (int i = 0; i < ENTRIES; i++)
        THREAD_LOCK_WITH(&ledger) {
            const int seen = entries;

            nanosleep(&busy, NULL);
            entries = seen + 1;
        }
    return NULL;
}

static void book(void *client, enum lock_error result)
{
    struct client *c = client;

    loop_stop_timer(&c->limit);
    faults += result != LOCK_EOK;
    entries++;
    booked++;
    closed++;
    thread_lock_release(&ledger);
}

/* Too late to give up: book has been posted, and is about to run. */
static void give_booking_up(void *client)
{
    struct client *c = client;

    if (thread_lock_cancel(&ledger, &c->booking) != LOCK_EOK)
        return;
    closed++;
    if (given_up++ == 0)
        thread_lock_release(&one_given_up);
}

static void want_booking(struct client *c)
{
    const enum lock_error e = thread_lock_acquire_async(
        &ledger, &c->booking, loop_of_locks(), book, c);

    loop_start_timer(&c->limit, 2 + c->ticket % 16, give_booking_up, c);
    if (e == LOCK_EOK)
        book(c, e);
}

/* >>turns */
static struct client *first_waiting(int *waiting)
{
    struct client *first = NULL;

    *waiting = 0;
    for (struct client *c = clients; c < clients + CLIENTS; c++) {
        if (c->outcome != WAITS)
            continue;
        ++*waiting;
        if (first == NULL || c->ticket < first->ticket)
            first = c;
    }
    return first;
}

static void ask_server(void *client, enum lock_error result)
{
    int waiting;

    faults += client != first_waiting(&waiting);
    asking = client;
    asking->outcome = ASKS_SERVER;
    faults += result != LOCK_EOK || !tell(server, asking->ticket);
}

static void hang_up(struct client *c, enum outcome outcome)
{
    loop_unwatch(&c->watch);
    close(c->fd);
    c->outcome = outcome;
}

/* A time limit: cancel decides. No turn has come yet, so it is in time. */
static void too_late(void *client)
{
    struct client *c = client;

    faults += async_lock_cancel(&server_turn, &c->turn) != LOCK_EOK
              || !tell(c->fd, 0);
    hang_up(c, LATE);
    closed++;
}

/* Whose turn is on its way is not among the waiting any more. */
static void gone(struct client *c)
{
    const int listed = (int)async_lock_waiting(&server_turn);
    int waiting;
    const bool first = c == first_waiting(&waiting);

    faults += async_lock_cancel(&server_turn, &c->turn) != LOCK_EOK;
    hang_up(c, first && listed == waiting - 1 ? LEFT_IN_TURN : LEFT);
    closed++;
}

static void queue_up(struct client *c)
{
    c->ticket = ++tickets;
    c->outcome = WAITS;
    faults += async_lock_acquire(&server_turn, &c->turn, ask_server, c)
              != LOCK_EPENDING;
    if (c->kind == HURRIED)
        loop_start_timer(&c->limit, 3, too_late, c);
    if (c->kind == LEAVES)
        close(c->end);
}

static void client_readable(void *client)
{
    struct client *c = client;
    int number;

    if (!hear(c->fd, &number))
        gone(c);
    else
        queue_up(c);
}

/* The client hangs up, and the loop hears of it in this very turn. */
static void leave_now(struct client *c)
{
    struct pollfd readable = {.fd = c->fd, .events = POLLIN};

    close(c->end);
    must(poll(&readable, 1, 10000) == 1, "poll");
    client_readable(c);
}

static void next_turn(void)
{
    struct client *c;
    int waiting;

    faults += async_lock_release(&server_turn) != LOCK_EOK;
    while ((c = first_waiting(&waiting)) != NULL && c->kind == LEAVES_LATER)
        leave_now(c);
}

static void server_readable(void *arg)
{
    struct client *c = asking;
    int answer;

    (void)arg;
    faults += !hear(server, &answer) || answer != -c->ticket
              || !tell(c->fd, answer);
    hang_up(c, ANSWERED);
    next_turn();
    want_booking(c);
}

/* >>beats */
static struct timer beat_timer;
static struct timespec last_beat;
static long longest_us;

static bool all_queued_up_or_gone(void)
{
    return tickets == CLIENTS && closed == CLIENTS / 4 * 2;
}

/* The loop ends when nothing of the locks is queued or posted any more. */
static void beat(void *arg)
{
    const struct timespec before = last_beat;
    long us;

    clock_gettime(CLOCK_MONOTONIC, &last_beat);
    us = (last_beat.tv_sec - before.tv_sec) * 1000000
         + (last_beat.tv_nsec - before.tv_nsec) / 1000;
    longest_us = us > longest_us ? us : longest_us;
    if (!logged_in && all_queued_up_or_gone()) {
        logged_in = true;
        next_turn();
    }
    if (closed == CLIENTS && !async_lock_locked(&server_turn))
        loop_end();
    else
        loop_start_timer(&beat_timer, 1, beat, arg);
}

/* >>connections */
static void listener_readable(void *arg)
{
    struct client *c = &clients[accepted++];

    (void)arg;
    c->fd = accept(listener, NULL, NULL);
    must(c->fd >= 0, "accept");
    c->kind = (enum kind)((c - clients) % 4);
    loop_watch(&c->watch, c->fd, client_readable, c);
}

static void open_listener(struct sockaddr_in *address)
{
    socklen_t size = sizeof *address;

    *address = (struct sockaddr_in){.sin_family = AF_INET};
    address->sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    listener = socket(AF_INET, SOCK_STREAM, 0);
    must(bind(listener, (struct sockaddr *)address, size) == 0, "bind");
    must(listen(listener, CLIENTS) == 0, "listen");
    getsockname(listener, (struct sockaddr *)address, &size);
}

static int connected(const struct sockaddr_in *address)
{
    const int fd = socket(AF_INET, SOCK_STREAM, 0);

    must(connect(fd, (const struct sockaddr *)address, sizeof *address) == 0,
         "connect");
    return fd;
}

static int open_connections(void)
{
    struct sockaddr_in address;
    int servers_end;

    open_listener(&address);
    server = connected(&address);
    servers_end = accept(listener, NULL, NULL);
    for (int i = 0; i < CLIENTS; i++) {
        clients[i].end = connected(&address);
        must(tell(clients[i].end, i), "send");
    }
    loop_watch(&listener_watch, listener, listener_readable, NULL);
    loop_watch(&server_watch, server, server_readable, NULL);
    return servers_end;
}

/* >>the whole: seen from the clients' ends too */
static int count(enum outcome outcome)
{
    int n = 0;

    for (int i = 0; i < CLIENTS; i++)
        n += clients[i].outcome == outcome;
    return n;
}

static void read_answers(void)
{
    for (struct client *c = clients; c < clients + CLIENTS; c++) {
        int answer;

        if (c->kind != PATIENT && c->kind != HURRIED)
            continue;
        faults += !hear(c->end, &answer)
                  || answer != (c->kind == PATIENT ? -c->ticket : 0);
        close(c->end);
    }
}

static void start_thread(pthread_t *t, void *(*fn)(void *arg), void *arg)
{
    must(pthread_create(t, NULL, fn, arg) == 0, "pthread_create");
}

static void run_all(pthread_t *thread, int *servers_end)
{
    async_lock_init(&server_turn, loop_of_locks());
    must(async_lock_try_acquire(&server_turn) == LOCK_EOK,
         "async_lock_try_acquire");             /* until it has logged in */
    thread_lock_acquire(&one_given_up);
    thread_lock_acquire(&ledger);               /* kept by the first worker */
    *servers_end = open_connections();
    start_thread(&thread[WORKERS], serve, servers_end);
    for (int i = 0; i < WORKERS; i++)
        start_thread(&thread[i], work, i == 0 ? &ledger : NULL);
    clock_gettime(CLOCK_MONOTONIC, &last_beat);
    loop_start_timer(&beat_timer, 1, beat, NULL);
    loop_run();
}

static bool report(void)
{
    const int answered = count(ANSWERED), late = count(LATE),
              left = count(LEFT), left_in_turn = count(LEFT_IN_TURN);
    const bool each = answered == CLIENTS / 4 && late == answered
                      && left == answered && left_in_turn == answered;
    const bool agree = entries == WORKERS * ENTRIES + booked
                       && booked + given_up == answered;

    printf("%d clients: %d answered, %d too late, %d left while waiting, "
           "%d left as their turn came\n", CLIENTS, answered, late, left,
           left_in_turn);
    printf("faults: %d\n", faults + overlaps);
    printf("the books %s: %d threads and the loop\n",
           agree ? "agree" : "do NOT agree", WORKERS);
    printf("longest time between two beats: %ld us\n", longest_us);
    return each && agree && faults + overlaps == 0;
}

int main(void)
{
    pthread_t thread[WORKERS + 1];
    int servers_end;

    loop_open();
    run_all(thread, &servers_end);
    for (int i = 0; i < WORKERS; i++)
        pthread_join(thread[i], NULL);
    loop_unwatch(&listener_watch);
    loop_unwatch(&server_watch);
    loop_close();
    close(listener);
    close(server);
    pthread_join(thread[WORKERS], NULL);
    close(servers_end);
    read_answers();
    return report() ? EXIT_SUCCESS : EXIT_FAILURE;
}
