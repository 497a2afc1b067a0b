/* FreeRTOS as the suite runs it. TICK_BITS is 16, 32 or 64. */
#ifndef FREERTOS_CONFIG_H
#define FREERTOS_CONFIG_H

#include <stdbool.h>
#include <stdint.h>

#ifndef TICK_BITS
#define TICK_BITS 32
#endif
#if TICK_BITS == 16
#define configTICK_TYPE_WIDTH_IN_BITS TICK_TYPE_WIDTH_16_BITS
#define configINITIAL_TICK_COUNT ((TickType_t)(UINT16_MAX - 2000))
#elif TICK_BITS == 32
#define configTICK_TYPE_WIDTH_IN_BITS TICK_TYPE_WIDTH_32_BITS
#define configINITIAL_TICK_COUNT ((TickType_t)(UINT32_MAX - 2000))
#else   /* 64 bits begin again after 500 million years */
#define configTICK_TYPE_WIDTH_IN_BITS TICK_TYPE_WIDTH_64_BITS
#endif

#define configTICK_RATE_HZ 1000
#define configUSE_PREEMPTION 1
#define configUSE_TIME_SLICING 1
#define configMAX_PRIORITIES 6
#define configMAX_TASK_NAME_LEN 4
#define configSUPPORT_STATIC_ALLOCATION 1
#define configSUPPORT_DYNAMIC_ALLOCATION 0
#define configKERNEL_PROVIDED_STATIC_MEMORY 1
#define configUSE_MUTEXES 1
#define configUSE_COUNTING_SEMAPHORES 1
#define configUSE_IDLE_HOOK 1
#define configUSE_TIMERS 0
#define INCLUDE_vTaskDelay 1
#define INCLUDE_uxTaskGetStackHighWaterMark 1
#define INCLUDE_xTaskGetSchedulerState 1
#define INCLUDE_vTaskSuspend 1

extern void rtos_broken(int line);
#define configASSERT(holds) ((holds) ? (void)0 : rtos_broken(__LINE__))

#ifdef __arm__
#define configCPU_CLOCK_HZ 25000000
#define configUSE_TICK_HOOK 0
#define configMINIMAL_STACK_SIZE 128
#define configMAX_SYSCALL_INTERRUPT_PRIORITY 0x40
#define configKERNEL_INTERRUPT_PRIORITY 0xff
#define configCHECK_HANDLER_INSTALLATION 0
#define RTOS_IN_ISR() xPortIsInsideInterrupt()
#else
#define configUSE_TICK_HOOK 1       /* the one interrupt of the simulator */
#define configMINIMAL_STACK_SIZE 4096
extern _Thread_local bool rtos_in_interrupt;
#define RTOS_IN_ISR() rtos_in_interrupt
#endif

#ifndef NO_INTERRUPTS
#define LOCK_FREERTOS_IN_ISR() RTOS_IN_ISR()
#endif

#endif
