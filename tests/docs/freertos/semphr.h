/* What docs/coming-from.md comes from, beside what the port in lock.h uses. */
#include "../../platform/freertos/semphr.h"

#define pdMS_TO_TICKS(ms) ((TickType_t)(ms) * configTICK_RATE_HZ / 1000)

static inline SemaphoreHandle_t
xSemaphoreCreateMutexStatic(StaticSemaphore_t *s)
{
    const SemaphoreHandle_t m = xSemaphoreCreateBinaryStatic(s);

    if (m != NULL)
        xSemaphoreGive(m);
    return m;
}
