#!/bin/sh
# The suite and the port checker on RIOT: see ../rtos.h and ../run.sh.
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

# Nothing may write into the kernel's sources.
build()
{
    make -C "$rtos/riot" RIOTBASE="$KERNELS/riot" BINDIRBASE="$B/$1-$2" \
        PROGRAM="$2" PORTS="$3"
}

run()
{
    timeout -s KILL 180 "$B/$1-$2/native64/rtos.elf" </dev/null
}

"$@"
