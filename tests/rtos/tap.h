/* tap.h - how the suite and the port checker tell what they found, in TAP */
#ifndef TAP_H
#define TAP_H

#include "rtos.h"

#include <stddef.h>

static unsigned tap_passed, tap_failed, tap_skipped;

static void tap_text(const char *text)
{
    while (*text != '\0')
        rtos_put(*text++);
}

static void tap_number(int64_t n)
{
    char digits[24];
    unsigned i = sizeof digits;
    uint64_t left = n < 0 ? 0 - (uint64_t)n : (uint64_t)n;

    digits[--i] = '\0';
    do
        digits[--i] = (char)('0' + left % 10);
    while ((left /= 10) != 0);
    if (n < 0)
        digits[--i] = '-';
    tap_text(&digits[i]);
}

/* A line that explains: "# text n". */
static void tap_note(const char *text, int64_t n)
{
    tap_text("# ");
    tap_text(text);
    rtos_put(' ');
    tap_number(n);
    rtos_put('\n');
}

static void tap_line(bool good, const char *text, const char *why_not)
{
    tap_text(good ? "ok " : "not ok ");
    tap_number(tap_passed + tap_failed + tap_skipped);
    tap_text(" - ");
    tap_text(text);
    if (why_not != NULL) {
        tap_text(" # SKIP ");
        tap_text(why_not);
    }
    rtos_put('\n');
}

static inline void tap_claim(bool holds, const char *text)
{
    ++*(holds ? &tap_passed : &tap_failed);
    tap_line(holds, text, NULL);
}

static inline void tap_skip(const char *text, const char *why)
{
    tap_skipped++;
    tap_line(true, text, why);
}

static void tap_end(void)
{
    tap_text("1..");
    tap_number(tap_passed + tap_failed + tap_skipped);
    tap_text("\n# ");
    tap_number(tap_passed);
    tap_text(" passed, ");
    tap_number(tap_failed);
    tap_text(" failed, ");
    tap_number(tap_skipped);
    tap_text(" skipped\n");
    rtos_end(tap_failed != 0);
}

/* >>faults: what went wrong since the last claim, in tasks and interrupts */
static volatile unsigned tap_faults;

static inline void must(bool holds)
{
    if (!holds)
        tap_faults++;
}

static inline bool no_faults(void)
{
    const unsigned n = tap_faults;

    tap_faults = 0;
    if (n != 0)
        tap_note("faults:", n);
    return n == 0;
}

#endif
