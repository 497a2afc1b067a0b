/* The limit of what a queue of callbacks can do: an intrusive list, nothing
   else. */
#include "bench.h"
#include <stdlib.h>

struct node {
    struct node *next, *prev;
    void (*fn)(void *arg);
    void *arg;
};

static struct node list;
static long served;
static volatile long held;

static void serve(void *arg)
{
    (void)arg;
    served++;
}

static void queue(struct node *w, long n)
{
    long i;

    list.next = list.prev = &list;
    for (i = 0; i < n; i++) {
        w[i].fn = serve;
        w[i].arg = NULL;
        w[i].next = &list;
        w[i].prev = list.prev;
        list.prev->next = &w[i];
        list.prev = &w[i];
    }
}

static void unlink_node(struct node *w)
{
    w->next->prev = w->prev;
    w->prev->next = w->next;
    w->next = w->prev = NULL;
}

static void serve_all(void)
{
    while (list.next != &list) {
        struct node *w = list.next;

        unlink_node(w);
        w->fn(w->arg);
    }
}

static double list_uncontended(long pairs)
{
    const int64_t start = now_ns();
    long i;

    for (i = 0; i < pairs; i++)
        if (!held) {
            held = 1;
            held = 0;
        }
    return (double)(now_ns() - start) / (double)pairs;
}

static double list_hand_over(long waiters, long times)
{
    struct node *w = calloc((size_t)waiters, sizeof *w);
    const int64_t start = now_ns();
    long i;

    for (i = 0; i < times; i++) {
        queue(w, waiters);
        serve_all();
    }
    free(w);
    return (double)(now_ns() - start) / (double)(waiters * times);
}

static double list_cancel(long waiters, long times)
{
    struct node *w = calloc((size_t)waiters, sizeof *w);
    uint32_t *order = malloc((size_t)waiters * sizeof *order);
    int64_t took = 0;
    long i, j;

    shuffled(order, waiters);
    for (i = 0; i < times; i++) {
        int64_t start;

        queue(w, waiters);
        start = now_ns();
        for (j = 0; j < waiters / 2; j++)
            unlink_node(&w[order[j]]);
        took += now_ns() - start;
    }
    free(order);
    free(w);
    return (double)took / (double)(waiters / 2 * times);
}

ENTER_ASYNC(list, "limit", 0, 0)
