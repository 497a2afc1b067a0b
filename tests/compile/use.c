/* A program, C and C++ alike, that calls everything of the headers that are
   included above it. Exits with how many answers were wrong.

   With -DPART=name it is one file of a program, whose main is in two.c. */

#include <stdio.h>

static int wrong;

#define expect(call, wanted) expect_at(__LINE__, (call), (wanted))

static void expect_at(int line, enum lock_error got, enum lock_error wanted)
{
    if (got == wanted)
        return;
    printf("line %d: %s, not %s\n", line, lock_strerror(got),
           lock_strerror(wanted));
    wrong++;
}

static void expect_true(int line, bool answer)
{
    if (answer)
        return;
    printf("line %d: no\n", line);
    wrong++;
}

static struct lock_job *posted;

static void post(struct lock_loop *loop, struct lock_job *job)
{
    (void)loop;
    posted = job;
}

static void run_loop(void)
{
    struct lock_job *const job = posted;

    posted = NULL;
    if (job != NULL)
        job->run(job);
}

static struct lock_loop loop = {post};

static void resume(void *result, enum lock_error e)
{
    *(enum lock_error *)result = e;
}

#ifdef THREAD_LOCK_H_INCLUDED

static struct thread_lock door = THREAD_LOCK_INIT;

static void use_thread_lock(void)
{
    static struct thread_lock_waiter w = THREAD_LOCK_WAITER_INIT;
    enum lock_error result = LOCK_EBUSY;

    expect(thread_lock_try_acquire(&door), LOCK_EOK);
    expect(thread_lock_try_acquire(&door), LOCK_EBUSY);
    expect_true(__LINE__, thread_lock_locked(&door));
    expect(thread_lock_acquire_async(&door, &w, &loop, resume, &result),
           LOCK_EPENDING);
    expect(thread_lock_cancel(&door, &w), LOCK_EOK);
    expect(thread_lock_cancel(&door, &w), LOCK_ENOTWAITING);
    expect(thread_lock_acquire_async(&door, &w, &loop, resume, &result),
           LOCK_EPENDING);
    expect(thread_lock_release(&door), LOCK_EOK);
    run_loop();
    expect(result, LOCK_EOK);
    expect(thread_lock_release(&door), LOCK_EOK);
    expect(thread_lock_release(&door), LOCK_ENOTLOCKED);
    expect_true(__LINE__, !thread_lock_locked(&door));
}

#ifndef THREAD_LOCK_NO_WAIT
static void wait_for_thread_lock(void)
{
    expect(thread_lock_acquire(&door), LOCK_EOK);
    expect(thread_lock_acquire_for(&door, 1), LOCK_ETIMEDOUT);
    expect(thread_lock_acquire_interruptible(&door, 0), LOCK_ETIMEDOUT);
    expect(thread_lock_acquire_ex(&door, true, 1e-9), LOCK_ETIMEDOUT);
    expect(thread_lock_acquire_ex(&door, false, -1), LOCK_EBUSY);
    expect(thread_lock_acquire_ex(&door, true, THREAD_LOCK_TIMEOUT_MAX * 2),
           LOCK_EINVAL);
    expect(thread_lock_release(&door), LOCK_EOK);
    expect(thread_lock_acquire_for(&door, THREAD_LOCK_FOREVER), LOCK_EOK);
    expect(thread_lock_release(&door), LOCK_EOK);
}

static void hold_two_thread_locks(void)
{
    static struct thread_lock inner = THREAD_LOCK_INIT;

    if (!thread_lock_locked(&door))
        THREAD_LOCK_WITH(&door)
            THREAD_LOCK_WITH(&inner) {
                expect_true(__LINE__, thread_lock_locked(&door));
                expect_true(__LINE__, thread_lock_locked(&inner));
            }
    else
        expect_true(__LINE__, false);
    expect_true(__LINE__, !thread_lock_locked(&door));
    expect_true(__LINE__, !thread_lock_locked(&inner));
}
#endif
#endif

#ifdef ASYNC_LOCK_H_INCLUDED

static struct async_lock line = ASYNC_LOCK_INIT;

static void use_async_lock(struct lock_loop *on)
{
    static struct async_lock_waiter w = ASYNC_LOCK_WAITER_INIT;
    enum lock_error result = LOCK_EBUSY;

    async_lock_init(&line, on);
    expect(async_lock_acquire(&line, &w, resume, &result), LOCK_EOK);
    expect(async_lock_try_acquire(&line), LOCK_EBUSY);
    expect(async_lock_acquire(&line, &w, resume, &result), LOCK_EPENDING);
    expect_true(__LINE__, async_lock_waiting(&line) == 1);
    expect(async_lock_cancel(&line, &w), LOCK_EOK);
    expect(async_lock_acquire(&line, &w, resume, &result), LOCK_EPENDING);
    expect_true(__LINE__, async_lock_cancel_all(&line) == 1);
    expect(result, LOCK_ECANCELED);
    expect(async_lock_acquire(&line, &w, resume, &result), LOCK_EPENDING);
    expect(async_lock_release(&line), LOCK_EOK);
    run_loop();
    expect(result, LOCK_EOK);
    expect(async_lock_release(&line), LOCK_EOK);
    expect(async_lock_release(&line), LOCK_ENOTLOCKED);
    expect_true(__LINE__, !async_lock_locked(&line));
}
#endif

static int use(void)
{
#ifdef THREAD_LOCK_H_INCLUDED
    use_thread_lock();
#ifndef THREAD_LOCK_NO_WAIT
    wait_for_thread_lock();
    hold_two_thread_locks();
#endif
#endif
#ifdef ASYNC_LOCK_H_INCLUDED
    use_async_lock(NULL);
    use_async_lock(&loop);
#endif
    return wrong;
}

#ifdef PART
#ifdef __cplusplus
extern "C" int PART(void);
#else
int PART(void);
#endif

int PART(void)
{
    return use();
}
#else
int main(void)
{
    return use();
}
#endif
