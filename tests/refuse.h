/* Have the platform refuse: always, or just the n-th call from now. What a test
   puts between a port and its platform asks refused() at each call that can
   fail. */
#ifndef REFUSE_H
#define REFUSE_H

#include <stdatomic.h>
#include <stdbool.h>

/* A test's state. With CXX the lock's bodies are in a C++ file: see calls.h. */
#if !defined CXX
#define SHARED static
#elif defined __cplusplus
#define SHARED
#else
#define SHARED extern
#endif

SHARED atomic_bool refuse;
SHARED atomic_int refuse_in;

static bool refused(void)
{
    return atomic_fetch_sub(&refuse_in, 1) == 1 || refuse;
}

#endif
