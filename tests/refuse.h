/* Have the platform refuse: always, or just the n-th call from now. What a test
   puts between a port and its platform asks refused() at each call that can
   fail. */
#ifndef REFUSE_H
#define REFUSE_H

#include <stdatomic.h>
#include <stdbool.h>

static atomic_bool refuse;
static atomic_int refuse_in;

static bool refused(void)
{
    return atomic_fetch_sub(&refuse_in, 1) == 1 || refuse;
}

#endif
