/* A block that holds a lock, with nothing of a library around it. */

#ifndef THREAD_LOCK_WITH
#error "there is no THREAD_LOCK_WITH"
#endif

static struct thread_lock guard;

static int add(int *total, int n)
{
    THREAD_LOCK_WITH(&guard)
        return *total += n;
    return 0;
}

int (*adds)(int *total, int n) = add;
