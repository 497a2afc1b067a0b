#!/bin/sh
# FreeRTOS: what tests/rtos/run.sh asks of a kernel. Its directory is
# $KERNELS/freertos, a checkout of the kernel; that of what is built is $B.
#
#     run.sh targets                      print the targets that can be run here
#     run.sh build TARGET PROGRAM PORTS   with the ports in that directory
#     run.sh run TARGET PROGRAM
kernel=$KERNELS/freertos
# ARM's header, as Zephyr has it.
cmsis=$KERNELS/zephyr/zephyr/include/zephyr/portability
here=tests/rtos/freertos
warn='-Wall -Wextra -Wpedantic -Wconversion -Wsign-conversion -Wshadow -Wundef
      -Wstrict-prototypes -Wcast-qual -Werror'

skipped()   # skipped TARGET WHY
{
    echo "# skipped: $1: $2" >&2
}

there()     # there TARGET TOOL PACKAGE
{
    command -v "$2" >/dev/null && return
    skipped "$1" "$2 is not installed (apt-get install $3)"
    return 1
}

targets()
{
    [ -e "$kernel/tasks.c" ] || { skipped freertos "no $kernel"; return; }
    there freertos-cortex-m3 arm-none-eabi-gcc \
        'gcc-arm-none-eabi libnewlib-arm-none-eabi' &&
        there freertos-cortex-m3 qemu-system-arm qemu-system-arm &&
        echo freertos-cortex-m3 && echo freertos-cortex-m3-16 &&
        if [ -e "$cmsis/cmsis_os2.h" ]; then echo freertos-cmsis; echo freertos-cmsis-lock
        else skipped freertos-cmsis "no $cmsis/cmsis_os2.h"; fi
    [ "$(uname -s)" = Linux ] && echo freertos-posix
}

# The kernel's own files are built as they are, without our warnings.
build()     # build TARGET PROGRAM PORTS
{
    case $1 in
    freertos-posix)
        compile="${CC:-cc} -std=gnu11 -O2 -g -pthread -DTICK_BITS=64"
        half=posix arch=$kernel/portable/ThirdParty/GCC/Posix
        files="$arch/port.c $arch/utils/wait_for_event.c" ;;
    *)
        compile="arm-none-eabi-gcc -std=c11 -Os -g -mcpu=cortex-m3 -mthumb
                 -ffreestanding -nostartfiles -ffunction-sections
                 -Wl,--gc-sections -T $here/cortex-m3.ld"
        half=cortex-m3 arch=$kernel/portable/GCC/ARM_CM3
        files=$arch/port.c ;;
    esac
    port=lock_freertos.h
    case $1 in freertos-cmsis*)
        port=lock_cmsis_rtos2.h files="$files $here/cmsis.c"
        compile="$compile -I$cmsis -DLOCK_CMSIS_RTOS2_CB_SIZE=80
                 -DRTOS_HAND_OVERS=10000" ;;
    esac
    case $1 in
    freertos-cmsis) compile="$compile -DLOCK_CMSIS_RTOS2_INTERRUPTS" ;;
    freertos-cmsis-lock) compile="$compile -DNO_INTERRUPTS" ;;
    esac
    # With 16 bits of ticks: a limit that is longer than these can count.
    [ "$1" != freertos-cortex-m3-16 ] || compile="$compile -DTICK_BITS=16
        -DRTOS_LONG_LIMIT=70000 -DRTOS_HAND_OVERS=10000"
    # shellcheck disable=SC2086
    $compile $warn -DRTOS_PORT="\"$port\"" -I"$3" -I. -Itests/rtos -I$here \
        -isystem "$kernel/include" -isystem "$arch" \
        "tests/rtos/$2.c" $here/system.c $here/$half.c -w \
        "$kernel/tasks.c" "$kernel/queue.c" "$kernel/list.c" $files \
        -o "$B/$1-$2"
}

# One instruction takes 32 ns, a little less than 1 / 25 MHz, and time stands
# still for nobody: each run is the same.
run()       # run TARGET PROGRAM
{
    case $1 in
    freertos-posix)
        timeout 150 "$B/$1-$2" ;;
    *)
        timeout 150 qemu-system-arm -M mps2-an385 -nographic -monitor none \
            -serial none -semihosting-config enable=on,target=native \
            -icount shift=5,sleep=off -kernel "$B/$1-$2" </dev/null ;;
    esac
}

"$@"
