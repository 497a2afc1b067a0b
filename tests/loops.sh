#!/bin/sh
# tests/loops.sh PROGRAM, of those in examples/loops, without its .c
#
# Its adapter makes a loop for both locks. The program goes through all of
# scenario.h and prints what tests/loops/expected says. posted.c sees that posts
# run first in, first out, and that a closed loop leaves nothing behind. Both
# run with sanitizers, the second in C++ too. An adapter that is broken on
# purpose is noticed.
program=$1
out=${B:-build}/loops/$program
rm -rf "$out"
mkdir -p "$out"
: "${CC:=cc}"
case $CC in clang*) : "${CXX:=clang++${CC#clang}}" ;; esac
: "${CXX:=c++}"
warn='-O2 -g -Wall -Wextra -Wpedantic -Wconversion -Wsign-conversion -Wshadow
    -Wundef -Wcast-qual -Werror'
: "${CFLAGS:=-std=c11 $warn -Wstrict-prototypes}"
suite=loops
. tests/claim.sh

there()     # there NAME PACKAGE COMMAND...: or say that it is not installed
{
    tool=$1 package=$2
    shift 2
    "$@" >/dev/null 2>&1 && return
    echo "# skipped: $tool is not installed (apt-get install $package)"
    return 1
}

links()     # links FLAG...: the compiler has what it needs for them
{
    echo 'int main(void) { return 0; }' | $CC -x c - -o "$out/links" "$@"
}

# What follows is of one loop: $program.c is its program, lock_$adapter.h what
# that has of the locks, $flags what both need.

build()     # build OUTPUT DIRECTORY [FLAG...]: headers from there
{
    output=$1 dir=$2
    shift 2
    # shellcheck disable=SC2086 # flags are words
    $CC $CFLAGS "$@" -I. -pthread "$dir/$program.c" -o "$out/$output" $flags
}

prints_what_is_expected()       # PROGRAM [SECONDS]
{
    timeout "${2:-60}" "$out/$1" >"$out/printed" 2>&1
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

runs()      # runs [FLAG...]
{
    build "$program" examples/loops "$@" &&
        prints_what_is_expected "$program"
}

# What posted.c tries, built as `posted`.
on()
{
    echo "-DON_$(echo "$adapter" | tr a-z A-Z)"
}

build_posted()      # build_posted DIRECTORY [FLAG...]
{
    dir=$1
    shift
    # shellcheck disable=SC2086 # flags are words
    $CC $CFLAGS "$@" "$(on)" -I. -I"$dir" -pthread tests/loops/posted.c \
        "$out/lock.o" -o "$out/posted" $flags
}

build_posted_as_cxx()       # build_posted_as_cxx STANDARD
{
    # shellcheck disable=SC2086 # flags are words
    $CXX "-std=$1" $warn "$(on)" -I. -Iexamples/loops -pthread \
        -x c++ tests/loops/posted.c -x none "$out/lock.o" -o "$out/posted" \
        $flags
}

tries()     # tries ORDER|CLOSING|HELD [SECONDS]
{
    timeout "${2:-60}" "$out/posted" "$1"
    code=$?
    [ "$code" -ne 124 ] || echo 'it does not end'
    return "$code"
}

keeps_both_promises()   # keeps_both_promises BUILD...: of order, and closing
{
    "$@" && tries order && tries closing
}

edit()      # edit FILE SED-SCRIPT: a copy of all, with one file changed
{
    rm -rf "$out/edited"
    cp -r examples/loops "$out/edited"
    sed "$2" "examples/loops/$1" >"$out/edited/$1"
    ! cmp -s "examples/loops/$1" "$out/edited/$1"
}

adapter_is_noticed()    # adapter_is_noticed SED-SCRIPT: by the scenario
{
    edit "lock_$adapter.h" "$1" && build broken "$out/edited" -Wno-error &&
        ! prints_what_is_expected broken 2
}

is_noticed()        # is_noticed ORDER|CLOSING|HELD FILE SED-SCRIPT: by posted.c
{
    edit "$2" "$3" && build_posted "$out/edited" $held -Wno-error &&
        ! tries "$1" 2
}

# A thread stays in post, after its job has run, until it is told to leave.
hold='/^static inline void lock_jobs_end(/,/^}/s/^ .*atomic/    hold();\n&/'

is_not_closed_under_a_thread()
{
    edit lock_jobs.h "$hold" && build_posted "$out/edited" -DHELD &&
        tries held
}

leaves_memory()     # leaves_memory SED-SCRIPT: of the adapter's close
{
    edit "lock_$adapter.h" "$1" &&
        build_posted "$out/edited" -Wno-error -fsanitize=address &&
        ! tries closing 20
}

is_at_most_80_lines()
{
    [ "$(wc -l <"$1")" -le 80 ]
}

try()       # try NAME ADAPTER FLAG...
{
    name=$1 adapter=$2
    shift 2
    flags=$*
    held=
    claim "$name takes both locks through the scenario" runs
    claim "$name: posts run first in, first out, and it can be closed" \
        keeps_both_promises build_posted examples/loops
    for san in address,undefined thread; do
        has_sanitizer "$san" || continue
        set -- "-fsanitize=$san" -fno-sanitize-recover=all
        claim "$name, with -fsanitize=$san" runs "$@"
        claim "$name: first in, first out, closed, with -fsanitize=$san" \
            keeps_both_promises build_posted examples/loops "$@"
    done
    has_cxx && for std in c++11 c++20; do
        claim "$name: the same in $CXX -std=$std" \
            keeps_both_promises build_posted_as_cxx "$std"
    done
    claim "$name is not closed while a thread is inside post" \
        is_not_closed_under_a_thread
}

try_broken()
{
    claim "$name: an adapter that runs a job inside post is noticed" \
        adapter_is_noticed \
        '/_post(struct lock_loop/,/^}/s/^{$/{ job->run(job); return;/'
    claim "$name: an adapter that does not wake the loop is noticed" \
        adapter_is_noticed \
        's/if (lock_jobs_put(\(.*\)))$/if (lock_jobs_put(\1) \&\& false)/'
    claim "$name: an adapter whose posts never end is noticed" \
        is_noticed closing "lock_$adapter.h" '/lock_jobs_end/d'
    claim "$name: an adapter that closes with jobs posted is noticed" \
        is_noticed closing "lock_$adapter.h" 's/if (lock_jobs_busy.*/if (0)/'
    case $adapter in
    event) ;;       # it has nothing to give back
    *)  has_sanitizer address &&
            claim "$name: an adapter whose close leaves something is noticed" \
                leaves_memory '/_close(struct/,/^}/{
                    s/^ *\(close\|uv_close\|g_source_.*\|ev_async_stop\)(.*/;/
                    s/^ *sd_event_source_disable_unref(.*/;/
                }
                /if (l->closed)/,/}/s/^ *close(.*/;/' ;;
    esac
    claim "lock_$adapter.h is at most 80 lines" \
        is_at_most_80_lines "examples/loops/lock_$adapter.h"
}

has_sanitizer()
{
    there "-fsanitize=$1 for $CC" "libclang-rt-14-dev or gcc" \
        links "-fsanitize=$1"
}

has_cxx()
{
    there "$CXX" g++ "$CXX" --version
}

not_turned_round='s/for (job = \(atomic_exchange.*\); job/for (first = \1; job/
    s/\*job, \*next, \*first/*job = NULL, *next, *first/'

# The queue that all of them share, in the simplest of them.
try_broken_jobs()
{
    claim 'jobs that run last in, first out are noticed' is_noticed order \
        lock_jobs.h "$not_turned_round"
    held=-DHELD
    claim 'a thread inside post that nobody counts is noticed' is_noticed held \
        lock_jobs.h "$hold; s/ || atomic_load(&jobs->posting) != 0//"
    claim "lock_jobs.h is at most 80 lines" \
        is_at_most_80_lines examples/loops/lock_jobs.h
}

printf '#define THREAD_LOCK_IMPLEMENTATION\n#include "lock.h"\n' >"$out/lock.c"
# shellcheck disable=SC2086 # flags are words
$CC $CFLAGS -I. -c "$out/lock.c" -o "$out/lock.o" || exit

uring_is_refused()      # or say so
{
    flags=-luring
    build uring examples/loops >"$out/why" 2>&1 || return
    refusal=$(timeout 60 "$out/uring" | grep '^this system refuses io_uring: ')
    [ -n "$refusal" ] && echo "# skipped: lock_uring.h: $refusal"
}

# Their headers are not ours to warn of.
try_packaged()      # try_packaged NAME PACKAGE MODULE...
{
    name=$1 debian=$2
    shift 2
    there pkg-config pkg-config pkg-config --version || return
    there "$name" "$debian" pkg-config --exists "$@" || return
    # shellcheck disable=SC2046
    try "$name" "$program" \
        $(pkg-config --cflags --libs "$@" | sed 's/-I/-isystem /g') &&
        try_broken
}

case $program in
epoll)
    try 'epoll with a pipe' fd -DLOCK_FD_PIPE
    try epoll fd && try_broken && try_broken_jobs ;;
ev) there libev libev-dev links -lev && try libev ev -lev && try_broken ;;
uring)
    there liburing liburing-dev links -luring && ! uring_is_refused &&
        try io_uring uring -luring && try_broken ;;
uv)         try_packaged libuv libuv1-dev libuv ;;
glib)       try_packaged GLib libglib2.0-dev glib-2.0 ;;
event)      try_packaged libevent libevent-dev libevent libevent_pthreads ;;
sd_event)   try_packaged sd-event libsystemd-dev libsystemd ;;
*)          claim "there is a test of $program" false ;;
esac
exit "$status"
