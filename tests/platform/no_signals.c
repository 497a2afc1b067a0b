/* A suite of the thread lock where there are neither signals nor processes, as
   in a browser: SUITE_FILE without the tests that need them. */
#include SUITE_FILE

static const char *const needing_them[] = {
    "other_waits_go_on_when_signals_arrive",
    "a_storm_of_signals_does_not_stretch_a_time_limit",
    "a_handler_may_try_whatever_it_interrupts",
    "the_child_of_a_fork_makes_the_lock_free_and_uses_it"};

static void leave_out(const char *name)
{
    struct test **t = &tests;

    while (*t != NULL && strcmp((*t)->name, name) != 0)
        t = &(*t)->next;
    if (*t == NULL)
        FAIL("there is no test %s", name);
    *t = (*t)->next;
}

/* It comes last, so all tests are registered before. */
__attribute__((constructor)) static void leave_out_what_needs_them(void)
{
    for (size_t i = 0; i < sizeof needing_them / sizeof *needing_them; i++)
        leave_out(needing_them[i]);
}
