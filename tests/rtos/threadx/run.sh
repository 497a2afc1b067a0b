#!/bin/sh
# All that runs on ThreadX: see ../run.sh.
# shellcheck disable=SC2086 # flags and files are several words
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

extras()
{
    targets | sed 's/$/ example/'
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
        $CC -w -c $flags "$kernel"/common/src/*.c \
            "$kernel"/ports/linux/gnu/src/*.c
        ar rcs threadx.a -- *.o
        mv threadx.a ..
    fi
    case $2 in
    example) files=$rtos/../../examples/firmware/threadx.c ;;
    *)
        files="$rtos/$2.c $rtos/threadx/system.c"
        flags="$flags -Wl,--wrap=_tx_timer_interrupt" ;;
    esac
    $CC -Wall -Wextra -Werror $flags -I"$3" -I"$rtos/../.." \
        -DRTOS_PORT='"lock_threadx.h"' $files "$B/threadx.a" -o "$B/$1-$2"
}

start()
{
    timeout -s KILL 180 "$B/$1-$2" </dev/null
}

run_example()
{
    [ "$(start "$1" example)" = 2000 ] || return
    echo 'ok 1 - the example of the guide prints 2000'
    printf '1..1\n# 1 passed, 0 failed, 0 skipped\n'
}

run()
{
    case $2 in
    example) run_example "$1" ;;
    *) start "$1" "$2" ;;
    esac
}

"$@"
