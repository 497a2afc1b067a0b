#!/bin/sh
# Each loop of examples/loops makes a loop for both locks: its program goes
# through all of scenario.h and prints what tests/loops/expected says, also with
# sanitizers; and with an adapter that is broken on purpose it does not.
out=${B:-build}/loops
mkdir -p "$out"
: "${CC:=cc}"
: "${CFLAGS:=-std=c11 -O2 -g -Wall -Wextra -Wpedantic -Wconversion
    -Wsign-conversion -Wshadow -Wundef -Wstrict-prototypes -Wcast-qual -Werror}"
suite=loops
. tests/claim.sh

there()     # there NAME PACKAGE COMMAND...: or say that it is not installed
{
    name=$1 package=$2
    shift 2
    "$@" >/dev/null 2>&1 && return
    echo "# skipped: $name is not installed (apt-get install $package)"
    return 1
}

links()     # links FLAG: the compiler has what it needs for it
{
    echo 'int main(void) { return 0; }' | $CC "$1" -x c - -o "$out/links"
}

build()     # build LOOP PROGRAM DIRECTORY [FLAG...]: headers from there first
{
    loop=$1 program=$2 dir=$3
    shift 3
    # shellcheck disable=SC2086 # flags are words
    $CC $CFLAGS "$@" -I. -pthread "$dir/$loop.c" -o "$program" $flags
}

prints_what_is_expected()       # PROGRAM [SECONDS]
{
    timeout "${2:-60}" "$1" >"$out/printed" 2>&1
    code=$?
    n=0
    while IFS= read -r line; do
        n=$((n + 1))
        sed -n "${n}p" "$out/printed" | grep -Eqx -e "$line" ||
            code="$code, line $n"
    done <tests/loops/expected
    [ "$(wc -l <"$out/printed")" -eq "$n" ] || code="$code, not $n lines"
    [ "$code" = 0 ] && return
    echo "exit code $code"
    head -n 40 "$out/printed"
    return 1
}

runs()      # runs LOOP [FLAG...]
{
    rm -f "$out/$1"
    loop=$1
    shift
    build "$loop" "$out/$loop" examples/loops "$@" &&
        prints_what_is_expected "$out/$loop"
}

notices()   # notices LOOP SED-SCRIPT: the adapter, edited so, does not pass
{
    rm -rf "$out/broken"
    cp -r examples/loops "$out/broken"
    sed "$2" "examples/loops/lock_$1.h" >"$out/broken/lock_$1.h"
    ! cmp -s "examples/loops/lock_$1.h" "$out/broken/lock_$1.h" &&
        build "$1" "$out/$1-broken" "$out/broken" -Wno-error &&
        ! prints_what_is_expected "$out/$1-broken" 3
}

is_at_most_40_lines()
{
    [ "$(wc -l <"$1")" -le 40 ]
}

try()       # try LOOP
{
    claim "$1 takes both locks through the scenario" runs "$1"
    for san in address,undefined thread; do
        there "-fsanitize=$san for $CC" "libclang-rt-14-dev or gcc" \
            links "-fsanitize=$san" &&
            claim "$1, with -fsanitize=$san" \
                runs "$1" "-fsanitize=$san" -fno-sanitize-recover=all
    done
    claim "$1: an adapter that runs a job inside post is noticed" notices "$1" \
        '/_post(struct lock_loop/,/^}/s/^{$/{ job->run(job); return;/'
    claim "$1: an adapter that does not wake the loop is noticed" notices "$1" \
        's/^ *\(uv_async_s\|event_active\|eventfd_write\|g_source_att\).*//'
    claim "lock_$1.h is at most 40 lines" \
        is_at_most_40_lines "examples/loops/lock_$1.h"
}

flags=
try epoll
there pkg-config pkg-config pkg-config --version || exit "$status"

while read -r loop library package modules; do
    # shellcheck disable=SC2086 # modules are words
    there "$library" "$package" pkg-config --exists $modules || continue
    # Their headers are not ours to warn of.
    # shellcheck disable=SC2086
    flags=$(pkg-config --cflags --libs $modules | sed 's/-I/-isystem /g')
    try "$loop"
done <<'END'
uv libuv libuv1-dev libuv
glib GLib libglib2.0-dev glib-2.0
event libevent libevent-dev libevent libevent_pthreads
END
exit "$status"
