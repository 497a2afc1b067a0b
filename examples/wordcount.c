/* wordcount.c - several threads fill one table

   Four threads take file after file from a list that they share, and enter
   each word in a table that they share: how many words have how many letters.
   One thread_lock guards both. The same files are counted by one thread as
   well, and the two tables must agree: without the lock they seldom do where
   there are two processors.

       wordcount [FILE...]      without a FILE: the files of this project

   Prints both counts and that they are equal. Exits with 1 if they are not, or
   if a file cannot be read.                                                 */

#define THREAD_LOCK_IMPLEMENTATION
#include "lock.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <threads.h>

#define THREADS 4
#define LENGTHS 256

/* The lock guards all that stands below it. */
struct count {
    struct thread_lock lock;
    char **next_file;
    long words, of_length[LENGTHS];
};

static void add(struct count *c, const char *word)
{
    THREAD_LOCK_WITH(&c->lock) {
        c->words++;
        c->of_length[strlen(word)]++;
    }
}

/* What follows the first 255 characters of a word is read past, and does not
   count as another word. */
static bool count_file(struct count *c, const char *name)
{
    FILE *f = fopen(name, "r");
    char word[LENGTHS];
    bool ok;

    while (f != NULL && fscanf(f, "%255s%*[^ \t\n\v\f\r]", word) == 1)
        add(c, word);
    ok = f != NULL && !ferror(f);
    if (!ok)
        perror(name);
    if (f != NULL)
        fclose(f);
    return ok;
}

/* The return inside the guarded block releases the lock. */
static char *take_file(struct count *c)
{
    THREAD_LOCK_WITH(&c->lock)
        if (*c->next_file != NULL)
            return *c->next_file++;
    return NULL;
}

static int work(void *count)
{
    int failures = 0;
    char *name;

    while ((name = take_file(count)) != NULL)
        failures += !count_file(count, name);
    return failures;
}

static bool count_files(struct count *c, char **files, int threads)
{
    int n = 0, failures = 0, failed;
    thrd_t thread[THREADS];

    c->next_file = files;
    while (n < threads && thrd_create(&thread[n], work, c) == thrd_success)
        n++;
    if (n < threads) {
        fprintf(stderr, "wordcount: cannot start %d threads\n", threads);
        failures++;
    }
    while (n-- > 0)
        if (thrd_join(thread[n], &failed) == thrd_success)
            failures += failed;
    return failures == 0;
}

/* Not every copy of the project has all of its files. */
static char **our_files(void)
{
    static char *names[] = {"lock.h", "async_lock.h", "README.md", "LICENSE"};
    static char *found[5];
    size_t i, n = 0;

    for (i = 0; i < 4; i++) {
        FILE *f = fopen(names[i], "r");

        if (f == NULL)
            continue;
        found[n++] = names[i];
        fclose(f);
    }
    return found;
}

int main(int argc, char **argv)
{
    /* Zeroed memory is a free lock, and an empty table. */
    static struct count by_one, by_four;
    char **files = argc > 1 ? argv + 1 : our_files();
    bool equal;

    if (files[0] == NULL) {
        fprintf(stderr, "wordcount: nothing to count: name some files\n");
        return EXIT_FAILURE;
    }
    if (!count_files(&by_one, files, 1)
        || !count_files(&by_four, files, THREADS))
        return EXIT_FAILURE;

    equal = by_one.words == by_four.words
            && memcmp(by_one.of_length, by_four.of_length,
                      sizeof by_one.of_length) == 0;
    printf("one thread counts    %ld words\n", by_one.words);
    printf("four threads count   %ld words\n", by_four.words);
    printf("%s\n", equal ? "equal, for every length of word" : "NOT equal");
    return equal ? EXIT_SUCCESS : EXIT_FAILURE;
}
