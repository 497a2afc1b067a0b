#!/bin/sh
# All that runs on RIOT: see ../run.sh.
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
    targets | sed 's/.*/& module\n& example/'
}

# Nothing may write into the kernel's sources.
build()
{
    app=$rtos/riot
    [ "$2" != module ] || app=$app/module
    make -C "$app" RIOTBASE="$KERNELS/riot" BINDIRBASE="$B/$1-$2" \
        PROGRAM="$2" PORTS="${3-}"
}

start()
{
    timeout -s KILL 180 "$B/$1-$2"/native64/*.elf </dev/null
}

run_example()
{
    [ "$(start "$1" example | tail -n 1)" = 2000 ] || return
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
