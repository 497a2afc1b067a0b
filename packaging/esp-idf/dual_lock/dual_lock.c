/* The functions of both headers, on ESP-IDF's FreeRTOS, whose critical sections
   have a spinlock. */
#include "freertos/FreeRTOS.h"
#include "freertos/task.h"

static portMUX_TYPE section = portMUX_INITIALIZER_UNLOCKED;

#undef taskENTER_CRITICAL
#undef taskEXIT_CRITICAL
#define taskENTER_CRITICAL() portENTER_CRITICAL(&section)
#define taskEXIT_CRITICAL() portEXIT_CRITICAL(&section)
#define LOCK_FREERTOS_IN_ISR() xPortInIsrContext()

#define THREAD_LOCK_IMPLEMENTATION
#include "lock_freertos.h"

#define ASYNC_LOCK_IMPLEMENTATION
#include "async_lock.h"
