/* A program that exits with 0 if acquire_ex refuses each NaN. The compiler may
   believe that there is none. */
#include "lock.h"
#include <stdio.h>
#include <string.h>

int main(void)
{
    static struct thread_lock l;
    static const uint64_t nan[] = {
        0x7ff8000000000000, 0x7ff0000000000001, 0xfff8000000000000};
    int wrong = 0;

    for (int i = 0; i < 3; i++) {
        const volatile uint64_t hidden = nan[i];
        const uint64_t bits = hidden;
        double s;

        memcpy(&s, &bits, sizeof s);
        wrong += thread_lock_acquire_ex(&l, true, s) != LOCK_EINVAL;
        wrong += thread_lock_acquire_ex(&l, false, s) != LOCK_EINVAL;
    }
    if (wrong != 0 || thread_lock_acquire_ex(&l, true, 1) != LOCK_EOK)
        printf("%d NaNs are accepted, or 1 is not\n", wrong);
    return wrong;
}
