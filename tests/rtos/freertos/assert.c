/* What FreeRTOSConfig.h asks of a program: an assertion that fails ends it. */
#include "board.h"

void rtos_broken(int line);
void rtos_broken(int line)
{
    board_print("An assertion of FreeRTOS failed\n");
    board_exit(line != 0);
}

void vApplicationIdleHook(void);
void vApplicationIdleHook(void)
{
    board_wait();
}
