#!/bin/sh
# Break a header in one way after the other, and see that some test turns red:
# a test that stays green on a broken lock is not a test. Each tests/broken/*.sed
# is one way; its first line says which header, and what is wrong with it.
b=${B:-build}/broken
status=0
printf '%-32s %s\n' broken 'caught by'

red()       # red HEADERS SUITE: print the first test of it that fails there
{
    case $2 in
    cxx) compile="${CXX:-g++} -std=c++17 tests/$2.cpp" ;;
    *) compile="${CC:-cc} -std=c11 tests/$2.c" ;;
    esac
    $compile -D_GNU_SOURCE -DPLAIN -DTEST_SECONDS=10 -O1 -w \
        -fsanitize=address -I"$1" -Itests -o "$1/$2" -pthread ||
        { echo "# it does not compile" >&2; return 1; }
    "$1/$2" >"$1/$2.log" 2>&1 && return 1
    echo "$(sed -n 's/^# \([a-z_0-9]*::.*\)/\1/p' "$1/$2.log" | tail -n 1)"
}

for change in tests/broken/${1:-*}.sed; do
    name=$(basename "$change" .sed)
    header=$(sed -n '1s/^# \([a-z_]*\.h\): .*/\1/p' "$change")
    dir=$b/$name
    mkdir -p "$dir"
    cp lock.h async_lock.h "$dir"
    sed -f "$change" "$header" >"$dir/$header"
    case $name.$header in
    cxx_*) suites=cxx ;;
    *.lock.h) suites="thread_script thread_awake thread_linux thread_c11 thread_debug" ;;
    *) suites="async_loop async_no_loop async_task async_debug" ;;
    esac
    caught=
    if cmp -s "$header" "$dir/$header"; then
        echo "# $change changes nothing"
    else
        for suite in $suites; do
            caught=$(red "$dir" "$suite") && break
        done
    fi
    printf '%-32s %s\n' "$name" "${caught:-NOTHING}"
    what=$(sed -n '1s/^# [a-z_]*\.h: //p' "$change")
    if [ -n "$caught" ]; then echo "ok - broken: caught: $what"
    else echo "not ok - broken: not caught: $what"; status=1; fi
done
exit $status
