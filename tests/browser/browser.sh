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

passes()    # passes PROGRAM [ARGUMENT...]
{
    drive tests/browser/suite.js "$out/suite" "$@" && return
    echo "exit code $?"
    return 1
}

mkdir -p "$out/suite" && cp tests/browser/suite.html "$out/suite" || exit
claim 'the page is built' tests/browser/build.sh || exit
drive tests/browser/page.js "$out/page" ${PICTURES:+"$PICTURES"} || status=1

compile suite.js tests/platform/no_signals.c \
    '-DSUITE_FILE="thread_pthread.c"' &&
    claim 'the suite holds on the pthread port' passes suite.js
compile torture.js tests/torture.c -DTHREAD_LOCK_PORT_PTHREAD \
    tests/platform/no_kill.c &&
    claim 'the torture loses nothing on the pthread port' passes torture.js 3
exit "$status"
