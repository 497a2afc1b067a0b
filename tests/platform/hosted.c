/* A board that is a process of an ordinary system, for stack_depth.c. */
#include "board.h"

#include <stdio.h>

void board_print(const char *text)
{
    fputs(text, stdout);
}
