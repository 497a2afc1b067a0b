/* board.h - all that the firmware examples ask of a board, each of which has a
   start-up of its own: cortex-m.c, riscv.c, avr.c.                          */
#ifndef BOARD_H
#define BOARD_H

#include <stdint.h>

int main(void);

void board_print(const char *text);
void board_exit(int status);        /* 0 is a success; does not return */

/* From now on on_tick(), which the program defines, is called as an interrupt
   every so often. */
void board_start_ticks(void);
void on_tick(void);

/* Let the next one come soon: after some time that grows with n, 0 to 31. Only
   on_tick may call it, and only a Cortex-M and a RISC-V have it. */
void board_next_tick(uint32_t n);

/* Sleep until an interrupt has come. */
void board_wait(void);

/* By subtraction, since a Cortex-M0 leaves division to a library; volatile, so
   that no compiler sees a division in it. */
static inline void board_print_number(uint16_t n)
{
    static const uint16_t place[] = {10000, 1000, 100, 10, 1};
    volatile uint16_t left = n;
    char digit[2] = "";
    unsigned i;

    for (i = 0; i < 5; i++) {
        for (digit[0] = '0'; left >= place[i]; digit[0]++)
            left = (uint16_t)(left - place[i]);
        if (n >= place[i] || i == 4)
            board_print(digit);
    }
}

#endif
