#!/bin/sh
# All that runs on Zephyr: see ../run.sh.
set -eu
rtos=$(cd "$(dirname "$0")/.." && pwd)
root=$(cd "$rtos/../.." && pwd)
sample=$root/zephyr/samples/hand_over

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
    if command -v arm-none-eabi-gcc >/dev/null &&
        command -v qemu-system-arm >/dev/null; then
        echo zephyr-cm3
    else
        echo '# skipped: zephyr-cm3: no arm-none-eabi-gcc, qemu-system-arm' >&2
    fi
    echo zephyr-native
}

extras()
{
    targets | sed 's/$/ sample/'
}

# Nothing may write into the kernel's sources. Debian's Python is the one that
# setup.sh gave the packages to.
build()
{
    export ZEPHYR_BASE="$KERNELS/zephyr/zephyr" PYTHONDONTWRITEBYTECODE=1
    export PATH="/usr/bin:$PATH"
    case $1 in
    zephyr-native)
        board=native_posix_64
        modules=$root
        export ZEPHYR_TOOLCHAIN_VARIANT=host ;;
    zephyr-cm3)
        board=qemu_cortex_m3
        modules="$root;$KERNELS/zephyr/cmsis"
        export ZEPHYR_TOOLCHAIN_VARIANT=cross-compile
        CROSS_COMPILE=$(command -v arm-none-eabi-gcc)
        export CROSS_COMPILE="${CROSS_COMPILE%gcc}" ;;
    esac
    case $2 in
    sample) app=$sample ;;
    *) app=$rtos/zephyr ;;
    esac
    cmake -GNinja -S "$app" -B "$B/$1-$2" -DBOARD="$board" \
        -DPython3_EXECUTABLE=/usr/bin/python3 -DZEPHYR_MODULES="$modules" \
        -DUSER_CACHE_DIR="$B/$1-$2/cache" -DPROGRAM="$2" -DPORTS="${3-}" \
        -DEXTRA_CFLAGS=-Werror
    ninja -C "$B/$1-$2"
}

# SIGKILL, because a simulator that hangs hears of nothing else.
start()
{
    case $1 in
    zephyr-native)
        timeout -s KILL "$3" "$B/$1-$2/zephyr/zephyr.exe" </dev/null ;;
    zephyr-cm3)
        timeout -s KILL "$3" qemu-system-arm -M lm3s6965evb -cpu cortex-m3 \
            -nographic -monitor none -serial stdio \
            -icount shift=6,align=off,sleep=off -rtc clock=vm \
            -semihosting-config enable=on,target=native \
            -kernel "$B/$1-$2/zephyr/zephyr.elf" </dev/null 2>/dev/null ;;
    esac
}

# It never ends, and must say what its sample.yaml wants.
run_sample()
{
    start "$1" sample 5 | tr -d '\r' | sed '/^\*\*\*/d' >"$B/$1-sample.said" ||
        true
    sed -n 's/^ *- "\(.*\)"$/\1/p' "$sample/sample.yaml" |
        diff - "$B/$1-sample.said" &&
        printf 'ok 1 - the sample says what it should\n1..1\n%s\n' \
            '# 1 passed, 0 failed, 0 skipped'
}

run()
{
    case $2 in
    sample) run_sample "$1" ;;
    *) start "$1" "$2" 180 ;;
    esac
}

"$@"
