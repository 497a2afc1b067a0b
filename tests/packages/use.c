/* What a user of a package compiles, and sees if it is the right one. */
#define THREAD_LOCK_IMPLEMENTATION
#include <lock.h>
#define ASYNC_LOCK_IMPLEMENTATION
#include <async_lock.h>
#include <stdio.h>

int main(void)
{
    static struct thread_lock a;
    static struct async_lock b;

    printf("%s %s\n", lock_strerror(thread_lock_acquire(&a)),
           lock_strerror(async_lock_try_acquire(&b)));
    printf("%s %s\n", THREAD_LOCK_VERSION, ASYNC_LOCK_VERSION);
    return 0;
}
