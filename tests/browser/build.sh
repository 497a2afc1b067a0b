#!/bin/sh
# Build the web page.
#
#     tests/browser/build.sh [ROOT [OUTPUT]]
#
# ROOT has lock.h and examples/browser. CFLAGS are the compiler's; $flags are
# for threads in a page: their workers must exist before main runs.
root=${1:-.}
out=${2:-${B:-build}/browser/page}
: "${CFLAGS:=-std=c11 -O2 -Wall -Wextra -Wpedantic -Wconversion -Wshadow
    -Wsign-conversion -Wundef -Wstrict-prototypes -Wcast-qual -Werror}"
flags='-pthread -sPTHREAD_POOL_SIZE=4 -sENVIRONMENT=web,worker
    -sEXPORTED_RUNTIME_METHODS=UTF8ToString'

# Debian's emcc does not find its own JavaScript packages.
export NODE_PATH="${NODE_PATH:-/usr/share/nodejs}"

mkdir -p "$out" || exit
cp "$root"/examples/browser/*.html "$root"/examples/browser/*.css \
    "$root"/examples/browser/*.js "$out" || exit
# shellcheck disable=SC2086 # flags are words
exec emcc $CFLAGS -I"$root" $flags \
    "$root/examples/browser/turns.c" -o "$out/turns.js"
