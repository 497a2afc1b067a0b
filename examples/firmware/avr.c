/* avr.c - an ATmega's print, exit and timer; avr-libc starts it up

       avr-gcc -std=c11 -Os -mmcu=atmega1284p -I. examples/firmware/avr.c
           examples/firmware/bus.c -o bus.elf
       simavr -m atmega1284p -f 16000000 bus.elf                             */

#include "board.h"

#include <avr/interrupt.h>
#include <avr/io.h>
#include <avr/sleep.h>

void board_print(const char *text)
{
    UCSR0B = 1 << TXEN0;
    for (; *text != '\0'; text++) {
        while (!(UCSR0A & 1 << UDRE0))
            continue;
        UDR0 = (uint8_t)*text;
    }
}

/* To sleep with interrupts off is the end: a simulator stops. */
void board_exit(int status)
{
    board_print(status == 0 ? "exit 0\n" : "exit 1\n");
    cli();
    for (;;)
        sleep_mode();
}

void board_start_ticks(void)
{
    OCR0A = 124;
    TCCR0A = 1 << WGM01;
    TCCR0B = 1 << CS01;     /* the clock divided by 8 * 125: 16 kHz */
    TIMSK0 = 1 << OCIE0A;
    sei();
}

__attribute__((weak)) void on_tick(void) {}

ISR(TIMER0_COMPA_vect)
{
    on_tick();
}

void board_wait(void)
{
    sleep_mode();
}

/* avr-libc calls this with what main has returned. */
void exit(int status)
{
    board_exit(status);
    for (;;)
        continue;
}
