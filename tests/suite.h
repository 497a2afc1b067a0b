/* What every test file starts from: Test(suite, claim) { ... } with expect()
   and check(). On Criterion, where each test is a process of its own; with
   -DPLAIN in one process that needs nothing but a C library, for sanitizers
   and valgrind, from which Criterion hides, and for other machines. */
#ifndef SUITE_H
#define SUITE_H

#ifndef PLAIN

#include <criterion/criterion.h>
#include <stdio.h>
#define check(condition) cr_assert(condition)
#define FAIL(...) cr_assert(0, __VA_ARGS__)

#else

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#ifndef TEST_SECONDS
#define TEST_SECONDS 60     /* a test that takes longer hangs */
#endif

static struct test {
    const char *suite, *name;
    void (*body)(void);
    struct test *next;
} *tests, **last_test = &tests;

#define Test(suite, name) Test_(suite, name)
#define Test_(suite, name) \
    static void test_##suite##_##name(void); \
    static struct test suite##_##name = { \
        #suite, #name, test_##suite##_##name, NULL}; \
    __attribute__((constructor)) static void register_##suite##_##name(void) \
    { \
        *last_test = &suite##_##name; \
        last_test = &suite##_##name.next; \
    } \
    static void test_##suite##_##name(void)

#define FAIL(...) \
    (printf("# %s:%d: ", __FILE__, __LINE__), printf(__VA_ARGS__), \
     puts(""), fflush(stdout), _Exit(1))
#define check(condition) \
    ((condition) ? (void)0 : (void)FAIL("not true: %s", #condition))

/* The first failure ends the run: what it left behind would spoil the rest. */
int main(void)
{
    for (struct test *t = tests; t != NULL; t = t->next) {
        printf("# %s::%s\n", t->suite, t->name);
        fflush(stdout);
        alarm(TEST_SECONDS);
        t->body();
        printf("ok - %s::%s\n", t->suite, t->name);
    }
    return 0;
}

#endif

/* A result is what it must be; a failure names both in words. */
#define expect(result, wanted) \
    do { \
        const enum lock_error is_ = (result), must_ = (wanted); \
        if (is_ != must_) \
            FAIL("%s is \"%s\", not \"%s\"", #result, lock_strerror(is_), \
                 lock_strerror(must_)); \
    } while (0)

#endif
