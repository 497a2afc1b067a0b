#!/bin/sh
# FreeRTOS: what tests/rtos/run.sh asks of a kernel. Its directory is
# $KERNELS/freertos, a checkout of the kernel; that of what is built is $B.
#
#     run.sh targets                      print the targets that can be run here
#     run.sh build TARGET PROGRAM PORTS   with the ports in that directory
#     run.sh run TARGET PROGRAM
#     run.sh extras                       print "TARGET PROGRAM" of further ones
#     run.sh table PORTS                  print the table of the guide
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
        echo freertos-cortex-m3-debug &&
        if [ -e "$cmsis/cmsis_os2.h" ]; then echo freertos-cmsis; echo freertos-cmsis-lock
        else skipped freertos-cmsis "no $cmsis/cmsis_os2.h"; fi
    [ "$(uname -s)" = Linux ] && echo freertos-posix
}

extras()
{
    targets 2>/dev/null | sed -n 's/^freertos-cortex-m3$/& cost\n& example/p'
}

# The kernel's own files are built as they are, without our warnings.
program()   # program NAME: its files, except the kernel's
{
    case $1 in
    port | suite) echo "tests/rtos/$1.c $here/system.c $here/$half.c" ;;
    cost)         echo "$here/cost.c $here/system.c $here/$half.c" ;;
    size)         echo "$here/size.c $here/$half.c" ;;
    example)      echo "examples/firmware/freertos.c $here/assert.c" ;;
    esac
}

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
    # The port as it is if nothing is defined, and what a debug build needs.
    freertos-cortex-m3-debug)
        compile="$compile -DNO_INTERRUPTS -DRTOS_HAND_OVERS=10000
                 -DTHREAD_LOCK_DEBUG -DTHREAD_LOCK_DEBUG_HOOK=(void)" ;;
    esac
    # The example of the guide has a start-up of its own.
    [ "$2" != example ] || {
        firmware=examples/firmware
        compile="${compile% -T*} -T $firmware/cortex-m.ld $firmware/cortex-m.c
            -I$firmware -DvPortSVCHandler=on_call
            -DxPortPendSVHandler=on_switch -DxPortSysTickHandler=on_tick"
    }
    # With 16 bits of ticks: a limit that is longer than these can count.
    [ "$1" != freertos-cortex-m3-16 ] || compile="$compile -DTICK_BITS=16
        -DRTOS_LONG_LIMIT=70000 -DRTOS_HAND_OVERS=10000"
    # shellcheck disable=SC2086
    $compile ${CFLAGS-} $warn -DRTOS_PORT="\"$port\"" -I"$3" -I. -Itests/rtos -I$here \
        -isystem "$kernel/include" -isystem "$arch" \
        $(program "$2") -w \
        "$kernel/tasks.c" "$kernel/queue.c" "$kernel/list.c" $files \
        -o "$B/$1-$2" || return
    # The budget of a lock's code.
    [ "$2" != cost ] || [ "$(code "$3")" -le 1500 ]
}

# One instruction takes 32 ns, a little less than 1 / 25 MHz, and time stands
# still for nobody: each run is the same. qemu prints what is said on stderr.
start()     # start TARGET PROGRAM
{
    case $1 in
    freertos-posix)
        timeout 150 "$B/$1-$2" ;;
    *)
        timeout 150 qemu-system-arm -M mps2-an385 -nographic -monitor none \
            -serial none -semihosting-config enable=on,target=native \
            -icount shift=5,sleep=off -kernel "$B/$1-$2" </dev/null 2>&1 ;;
    esac
}

run()       # run TARGET PROGRAM
{
    if [ "$2" = example ]; then run_example "$1"
    else start "$1" "$2"; fi
}

run_example()
{
    [ "$(start "$1" example)" = 2000 ] || { echo 'not ok 1'; return 1; }
    echo 'ok 1 - the example of the guide prints 2000'
    printf '1..1\n# 1 passed, 0 failed, 0 skipped\n'
}

# What a program has in flash, and its data. KIND: see size.c.
linked()    # linked KIND PORTS
{
    CFLAGS=-DKIND=$1 build freertos-cortex-m3 size "$2" &&
        arm-none-eabi-size "$B/freertos-cortex-m3-size" |
        awk 'NR == 2 { print $1 + $2 }'
}

# All of lock.h and of its port but acquire_ex, which needs floating point.
code()      # code PORTS
{
    printf '%s\n' '#define THREAD_LOCK_IMPLEMENTATION' \
        '#include "lock_freertos.h"' |
        arm-none-eabi-gcc -std=c11 -Os -mcpu=cortex-m3 -mthumb \
            -ffunction-sections -I"$1" -I. -I$here -isystem "$kernel/include" \
            -isystem "$kernel/portable/GCC/ARM_CM3" -c -x c - -o "$B/code.o" &&
        arm-none-eabi-size -A "$B/code.o" |
        awk '/^\.(text|rodata)/ && !/acquire_ex/ { n += $2 } END { print n }'
}

table()     # table PORTS
{
    build freertos-cortex-m3 cost "$1" && start freertos-cortex-m3 cost >"$B/cost" ||
        return
    none=$(linked NONE "$1")
    echo '| on a Cortex-M3 | memory | code added | instructions of a pair | of a hand-over |'
    echo '|---|---|---|---|---|'
    for kind in LOCK MUTEX SEMAPHORE; do
        name=$(echo $kind | tr A-Z a-z)
        n() { sed -n "s/^# $name $1 //p" "$B/cost"; }
        case $kind in
        LOCK) what='`struct thread_lock`' ;;
        MUTEX) what='mutex of FreeRTOS' ;;
        SEMAPHORE) what='binary semaphore of FreeRTOS' ;;
        esac
        echo "| $what | $(n bytes) B | $(($(linked $kind "$1") - none)) B" \
            "| $(n pair) | $(n hand-over) |"
    done
    echo
    echo "lock.h and its port, without \`acquire_ex\`, are $(code "$1") B of that."
    sed -n 's/^# stack of a wait /Stack of a wait, beyond what a wait for a semaphore takes: /p' "$B/cost"
}

"$@"
