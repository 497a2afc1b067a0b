#!/bin/sh
# The web page, and the thread lock's suite and torture on Emscripten's port, in
# headless Chromium.
#
# PICTURES is a directory for screenshots of the page, if they are wanted.
cd "$(dirname "$0")/../.." || exit 1
out=${B:-build}/browser
suite=browser
. tests/claim.sh

drive()     # drive SCRIPT ARGUMENT...: a script that needs puppeteer-core
{
    NODE_PATH=$out/tools/node_modules node "$@"
}

# The memory is for the stacks of threads that have ended: a page that is busy
# frees them late.
compile()   # compile PROGRAM SOURCE FLAG...: one whose main may block
{
    program=$1
    shift
    NODE_PATH=${NODE_PATH:-/usr/share/nodejs} emcc -std=c11 -O2 -D_GNU_SOURCE \
        -DPLAIN -I. -Itests -pthread -sINITIAL_MEMORY=256MB \
        -sPTHREAD_POOL_SIZE=20 -sPROXY_TO_PTHREAD -sEXIT_RUNTIME=1 \
        "$@" -o "$out/suite/$program"
}

passes()    # passes PROGRAM SOURCE FLAG... [-- ARGUMENT...]
{
    program=$1 flags=
    shift
    while [ $# -gt 0 ] && [ "$1" != -- ]; do
        flags="$flags $1"
        shift
    done
    [ $# -eq 0 ] || shift
    # shellcheck disable=SC2086 # flags are words
    compile "$program" $flags &&
        drive tests/browser/suite.js "$out/suite" "$program" "$@" && return
    echo "exit code $?"
    return 1
}

mkdir -p "$out/suite" && cp tests/browser/suite.html "$out/suite" || exit
claim 'the page is built' tests/browser/build.sh
drive tests/browser/page.js "$out/page" ${PICTURES:+"$PICTURES"} || status=1
claim 'the suite holds on the pthread port' \
    passes suite.js tests/platform/no_signals.c \
    '-DSUITE_FILE="thread_pthread.c"'
claim 'the torture loses nothing on the pthread port' \
    passes torture.js tests/torture.c tests/platform/no_kill.c \
    -DTHREAD_LOCK_PORT_PTHREAD -- 3
exit "$status"
