#!/bin/sh
# The suite, the port checker and the module on RIOT: see ../run.sh.
set -eu
rtos=$(cd "$(dirname "$0")/.." && pwd)

targets()
{
    if [ -f "$KERNELS/riot/Makefile.include" ]; then
        echo riot-native
    else
        echo "# skipped: riot: no $KERNELS/riot" >&2
    fi
}

extras()
{
    targets | sed 's/$/ module/'
}

# Nothing may write into the kernel's sources.
build()
{
    app=$rtos/riot
    [ "$2" != module ] || app=$app/module
    make -C "$app" RIOTBASE="$KERNELS/riot" BINDIRBASE="$B/$1-$2" \
        PROGRAM="$2" PORTS="${3-}"
}

run()
{
    timeout -s KILL 180 "$B/$1-$2"/native64/*.elf </dev/null
}

"$@"
