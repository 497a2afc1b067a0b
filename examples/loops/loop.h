/* loop.h - what scenario.h asks of a loop; included first

   struct watch, struct timer       zeroed before their first use
   loop_open(), loop_close()        once each
   loop_of_locks()                  the loop as a lock sees it
   loop_watch(w, fd, fn, arg)       fn(arg) whenever fd can be read
   loop_unwatch(w)                  no more; fd is closed only then
   loop_start_timer(t, ms, fn, arg) fn(arg) once, after ms milliseconds
   loop_stop_timer(t)               unless it has run already
   loop_run(), loop_end()           turn, until one of those fns ends it     */

#define _POSIX_C_SOURCE 200809L
#define THREAD_LOCK_IMPLEMENTATION
#include "lock.h"
#define ASYNC_LOCK_IMPLEMENTATION
#include "async_lock.h"

#include <stdio.h>
#include <stdlib.h>

static void must(bool ok, const char *what)
{
    if (ok)
        return;
    perror(what);
    exit(EXIT_FAILURE);
}
