/* As much of CMSIS-RTOS2 as lock_cmsis_rtos2.h uses, on FreeRTOS, by what ARM's
   documentation says of it. */
#include "cmsis_os2.h"

#include "FreeRTOS.h"
#include "semphr.h"
#include "task.h"

int32_t osKernelLock(void)
{
    const BaseType_t state = xTaskGetSchedulerState();

    if (state == taskSCHEDULER_RUNNING)
        vTaskSuspendAll();
    if (state == taskSCHEDULER_NOT_STARTED)
        return (int32_t)osError;
    return state == taskSCHEDULER_SUSPENDED;
}

int32_t osKernelUnlock(void)
{
    if (xTaskGetSchedulerState() != taskSCHEDULER_SUSPENDED)
        return 0;
    xTaskResumeAll();
    return 1;
}

/* As ARM's does, this nests: what is locked twice must be unlocked twice. */
int32_t osKernelRestoreLock(int32_t lock)
{
    if (lock == 1)
        vTaskSuspendAll();
    else
        xTaskResumeAll();
    return lock;
}

uint32_t osKernelGetTickCount(void)
{
    return RTOS_IN_ISR() ? xTaskGetTickCountFromISR()
                                  : xTaskGetTickCount();
}

uint32_t osKernelGetTickFreq(void)
{
    return configTICK_RATE_HZ;
}

osSemaphoreId_t osSemaphoreNew(uint32_t max, uint32_t initial,
                               const osSemaphoreAttr_t *a)
{
    configASSERT(a != NULL && a->cb_size >= sizeof(StaticSemaphore_t));
    return xSemaphoreCreateCountingStatic(max, initial, a->cb_mem);
}

osStatus_t osSemaphoreAcquire(osSemaphoreId_t s, uint32_t ticks)
{
    if (xSemaphoreTake(s, ticks) == pdTRUE)
        return osOK;
    return ticks == 0 ? osErrorResource : osErrorTimeout;
}

osStatus_t osSemaphoreRelease(osSemaphoreId_t s)
{
    BaseType_t yield = pdFALSE;

    if (!RTOS_IN_ISR())
        return xSemaphoreGive(s) == pdTRUE ? osOK : osErrorResource;
    if (xSemaphoreGiveFromISR(s, &yield) != pdTRUE)
        return osErrorResource;
    portYIELD_FROM_ISR(yield);
    return osOK;
}

osStatus_t osSemaphoreDelete(osSemaphoreId_t s)
{
    vSemaphoreDelete(s);
    return osOK;
}
