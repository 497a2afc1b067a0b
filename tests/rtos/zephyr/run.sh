#!/bin/sh
# The suite and the port checker on Zephyr: see ../rtos.h and ../run.sh.
set -eu
rtos=$(cd "$(dirname "$0")/.." && pwd)

targets()
{
    if [ ! -f "$KERNELS/zephyr/zephyr/Kconfig" ]; then
        echo "# skipped: zephyr: no $KERNELS/zephyr" >&2
        return
    fi
    for tool in cmake ninja dtc gperf; do
        command -v $tool >/dev/null && continue
        echo "# skipped: zephyr: no $tool" >&2
        return
    done
    echo zephyr-native
    if command -v arm-none-eabi-gcc && command -v qemu-system-arm
    then
        echo zephyr-cm3
    else
        echo "# skipped: zephyr-cm3: no arm-none-eabi-gcc or qemu-system-arm" >&2
    fi
}

# Nothing may write into the kernel's sources. Debian's Python is the one that
# setup.sh gave the packages to.
build()
{
    export ZEPHYR_BASE="$KERNELS/zephyr/zephyr" PYTHONDONTWRITEBYTECODE=1
    export PATH="/usr/bin:$PATH"
    modules=
    case $1 in
    zephyr-native)
        board=native_posix_64
        export ZEPHYR_TOOLCHAIN_VARIANT=host ;;
    zephyr-cm3)
        board=qemu_cortex_m3
        modules="$KERNELS/zephyr/cmsis"
        export ZEPHYR_TOOLCHAIN_VARIANT=cross-compile
        CROSS_COMPILE=$(command -v arm-none-eabi-gcc)
        export CROSS_COMPILE="${CROSS_COMPILE%gcc}" ;;
    esac
    cmake -GNinja -S "$rtos/zephyr" -B "$B/$1-$2" -DBOARD=$board \
        -DPython3_EXECUTABLE=/usr/bin/python3 -DZEPHYR_MODULES="$modules" \
        -DUSER_CACHE_DIR="$B/$1-$2/cache" -DPROGRAM="$2" -DPORTS="$3" \
        -DEXTRA_CFLAGS=-Werror
    ninja -C "$B/$1-$2"
}

# SIGKILL, because a simulator that hangs hears of nothing else.
run()
{
    case $1 in
    zephyr-native)
        timeout -s KILL 120 "$B/$1-$2/zephyr/zephyr.exe" </dev/null ;;
    zephyr-cm3)
        timeout -s KILL 120 qemu-system-arm -M lm3s6965evb -cpu cortex-m3 \
            -nographic -monitor none -serial stdio \
            -icount shift=6,align=off,sleep=off -rtc clock=vm \
            -semihosting-config enable=on,target=native \
            -kernel "$B/$1-$2/zephyr/zephyr.elf" </dev/null 2>/dev/null ;;
    esac
}

"$@"
