#!/bin/sh
# Break what the web page consists of, and see that page.js notices.
cd "$(dirname "$0")/../.." || exit 1
out=${B:-build}/browser/broken
suite=browser_broken
mkdir -p "$out"
. tests/claim.sh

notices()   # notices CLAIM FILE SED-SCRIPT: with FILE edited so, CLAIM fails
{
    rm -rf "$out/source" "$out/page"
    mkdir -p "$out/source/examples"
    cp lock.h "$out/source"
    cp -r examples/browser "$out/source/examples"
    sed "$3" "$2" >"$out/source/$2"
    ! cmp -s "$2" "$out/source/$2" || { echo 'nothing was edited'; return 1; }
    CFLAGS='-std=c11 -O2' tests/browser/build.sh "$out/source" "$out/page" ||
        return
    NODE_PATH=${B:-build}/browser/tools/node_modules ONLY=$1 PATIENCE=20000 \
        node tests/browser/page.js "$out/page" >"$out/tap"
    cat "$out/tap"
    grep -Eq "^not ok - browser: .*($1)" "$out/tap"
}

page=examples/browser
claim 'a post that does not wake the page' \
    notices 'take turns' $page/lock_page.h \
    '/__builtin_wasm_memory_atomic_notify/d'
claim 'a page that runs what was posted only once' \
    notices 'take turns' $page/lock_page.h '/^    lock_page_await_/d'
claim 'an acquire that does not wait' \
    notices 'no turn begins' lock.h \
    's/return thread_lock_acquire_slow_(l);/return LOCK_EOK;/'
claim 'a page that blocks where it should await' \
    notices 'frames go on' $page/turns.c \
    's/return thread_lock_acquire_async(.*/return thread_lock_acquire(\&lock);/'
claim 'a cancel that does nothing' \
    notices 'cancel ends the wait' $page/turns.c \
    's/return thread_lock_cancel(.*/return LOCK_ENOTWAITING;/'
claim 'a cancel that only says so' \
    notices 'cancel ends|is served' $page/turns.c \
    's/return thread_lock_cancel(.*/return LOCK_EOK;/'
claim 'a time limit that is half as long' \
    notices 'give up in time' $page/turns.c 's/ms \* 1000000/ms * 500000/'
claim 'a time limit that stays when it is switched off' \
    notices 'nobody gives up' $page/turns.c \
    's/^    limit_ms = ms;/    if (ms) limit_ms = ms;/'
claim 'a counter that the lock does not guard' \
    notices 'count is exact' $page/turns.c \
    's/^        THREAD_LOCK_WITH(&lock) {/        {/'
exit "$status"
