#!/bin/sh
# This system as a kernel, for tests/rtos/run.sh: see freertos/run.sh. The ports
# are those that lock.h has built in.
targets()
{
    [ "$(uname -s)" = Linux ] && echo host-linux
    echo host-pthread
    echo host-c11
}

build()     # build TARGET PROGRAM PORTS
{
    port=$(echo "${1#host-}" | tr a-z A-Z)
    ${CC:-cc} -std=c11 -D_GNU_SOURCE -O2 -g -Wall -Wextra -Wpedantic \
        -Wconversion -Wsign-conversion -Wshadow -Wundef -Wstrict-prototypes \
        -Wcast-qual -Werror -DTHREAD_LOCK_PORT_"$port" \
        -DRTOS_PORT='"lock.h"' -I. -Itests/rtos \
        "tests/rtos/$2.c" tests/rtos/host/system.c -pthread -o "$B/$1-$2"
}

run()       # run TARGET PROGRAM
{
    timeout 150 "$B/$1-$2"
}

"$@"
