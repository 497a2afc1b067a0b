#!/bin/sh
# The suite and the port checker on ThreadX: see ../rtos.h and ../run.sh.
set -eu
rtos=$(cd "$(dirname "$0")/.." && pwd)
kernel=$KERNELS/threadx

targets()
{
    if [ -f "$kernel/common/inc/tx_api.h" ]; then
        echo threadx-linux
    else
        echo "# skipped: threadx: no $kernel" >&2
    fi
}

# The kernel is built once, on one core of the host, which it simulates.
build()
{
    flags="-O2 -g -D_GNU_SOURCE -pthread -DTX_TIMER_TICKS_PER_SECOND=1000
        -DTX_LINUX_MULTI_CORE -include sched.h -include sys/sysinfo.h
        -I$kernel/common/inc -I$kernel/ports/linux/gnu/inc"
    if [ ! -f "$B/threadx.a" ]; then
        mkdir -p "$B/kernel.$$"
        cd "$B/kernel.$$"
        $CC -w -c $flags "$kernel"/common/src/*.c "$kernel"/ports/linux/gnu/src/*.c
        ar rcs threadx.a -- *.o
        mv threadx.a ..
    fi
    $CC -Wall -Wextra -Werror $flags -I"$3" -I"$rtos/../.." \
        -DRTOS_PORT='"lock_threadx.h"' "$rtos/$2.c" "$rtos/threadx/system.c" \
        "$B/threadx.a" -Wl,--wrap=_tx_timer_interrupt -o "$B/$1-$2"
}

run()
{
    timeout -s KILL 180 "$B/$1-$2" </dev/null
}

"$@"
