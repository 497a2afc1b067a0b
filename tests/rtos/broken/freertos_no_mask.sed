# lock_freertos.h: a task may be preempted while it edits the queue
/^static uintptr_t thread_lock_port_enter/,/^static void thread_lock_port_pause/ {
    s/taskENTER_CRITICAL();/;/
    s/taskEXIT_CRITICAL();/;/
}
