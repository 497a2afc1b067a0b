/* The system is this one: POSIX threads, which all have the same priority. For
   the ports that lock.h has built in. */
#include "rtos.h"

#include <pthread.h>
#include <semaphore.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

const int64_t rtos_tick_ns = 5000000, rtos_clock_ns = 1;

static sem_t sems[RTOS_SEMS];
static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t posted = PTHREAD_COND_INITIALIZER;
static struct lock_job *first_job, **last_job = &first_job;

int64_t rtos_now(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

static struct timespec spec(int64_t ns)
{
    return (struct timespec){(time_t)(ns / 1000000000),
                             (long)(ns % 1000000000)};
}

int64_t rtos_ticks_to_wrap(void)
{
    return -1;
}

static struct start {
    void (*fn)(unsigned n);
    unsigned n;
} starts[RTOS_TASKS];
static unsigned started;

static void *run(void *start)
{
    ((struct start *)start)->fn(((struct start *)start)->n);
    return NULL;
}

void rtos_start(void (*fn)(unsigned n), unsigned n, unsigned priority)
{
    pthread_t t;

    (void)priority;
    starts[started] = (struct start){fn, n};
    pthread_create(&t, NULL, run, &starts[started++]);
}

void rtos_sleep(unsigned ticks)
{
    const struct timespec t = spec(ticks * rtos_tick_ns);

    nanosleep(&t, NULL);
}

bool rtos_sem_take(unsigned which, int32_t ticks)
{
    struct timespec t;

    if (ticks == RTOS_FOREVER)
        return sem_wait(&sems[which]) == 0;
    clock_gettime(CLOCK_REALTIME, &t);
    t = spec((int64_t)t.tv_sec * 1000000000 + t.tv_nsec + ticks * rtos_tick_ns);
    return sem_timedwait(&sems[which], &t) == 0;
}

void rtos_sem_give(unsigned which)
{
    sem_post(&sems[which]);
}

void rtos_post(struct lock_loop *loop, struct lock_job *job)
{
    (void)loop;
    pthread_mutex_lock(&mutex);
    job->next = NULL;
    *last_job = job;
    last_job = &job->next;
    pthread_cond_signal(&posted);
    pthread_mutex_unlock(&mutex);
}

struct lock_job *rtos_next(void)
{
    struct lock_job *job;

    pthread_mutex_lock(&mutex);
    while (first_job == NULL)
        pthread_cond_wait(&posted, &mutex);
    job = first_job;
    first_job = job->next;
    if (first_job == NULL)
        last_job = &first_job;
    pthread_mutex_unlock(&mutex);
    return job;
}

/* In place of an interrupt, a thread of its own. */
static void (*interrupt)(void);
static pthread_t interrupter;
static atomic_bool interrupting;

static void *interrupt_often(void *unused)
{
    (void)unused;
    while (interrupting) {
        const struct timespec t = spec(200000 + rand() % 100000);

        nanosleep(&t, NULL);
        interrupt();
    }
    return NULL;
}

bool rtos_interrupt(void (*fn)(void))
{
    interrupting = fn != NULL;
    interrupt = fn != NULL ? fn : interrupt;
    if (fn != NULL)
        return pthread_create(&interrupter, NULL, interrupt_often, NULL) == 0;
    return pthread_join(interrupter, NULL) == 0;
}

void rtos_put(char c)
{
    putchar(c);
    if (c == '\n')
        fflush(stdout);
}

void rtos_end(bool failed)
{
    exit(failed);
}

int main(void)
{
    for (int i = 0; i < RTOS_SEMS; i++)
        sem_init(&sems[i], 0, 0);
    rtos_main();
}
