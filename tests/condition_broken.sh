#!/bin/sh
# Break examples/condition.h in one way after the other, and see that a suite or
# the explorer notices. Each tests/broken/condition/*.sed is one way; its first
# line says what is wrong with it.
b=${B:-build}/broken/condition
status=0

# DIR SUITE: print the first test that fails there
red()
{
    ${CC:-cc} -std=c11 -D_GNU_SOURCE -DPLAIN -DTEST_SECONDS=10 -O1 -w \
        -fsanitize=address -I"$1" -Itests "tests/$2.c" -o "$1/$2" -pthread ||
        { echo "# it does not compile" >&2; return 1; }
    "$1/$2" >"$1/$2.log" 2>&1 && return 1
    sed -n 's/^# \([a-z_0-9]*::.*\)/\1/p' "$1/$2.log" | tail -n 1
}

# DIR [OPTION...]: print the first scenario that fails there
not_right()
{
    dir=$1
    shift
    for port in linux c11; do
        timeout 300 "$dir/model_condition_$port" --brief "$@" |
            sed -n 's/^not ok - \(model [a-z_0-9]*: [a-z_0-9]*\):.*/\1/p' |
            grep -m 1 . && return
    done
    return 1
}

# DIR: print who notices
noticed()
{
    red "$1" condition_script && return
    red "$1" condition_linux && return
    make -s MODEL_LOCK="$1" MODEL_OUT="$1" "$1/model_condition_linux" \
        "$1/model_condition_c11" >&2 || return
    not_right "$1" --quick || not_right "$1"
}

for change in tests/broken/condition/${1:-*}.sed; do
    dir=$b/$(basename "$change" .sed)
    what=$(sed -n '1s/^# condition\.h: //p' "$change")
    mkdir -p "$dir/examples"
    cp lock.h "$dir"
    sed -f "$change" examples/condition.h >"$dir/examples/condition.h"
    if cmp -s examples/condition.h "$dir/examples/condition.h"; then
        echo "# $change changes nothing"
        by=
    else
        by=$(noticed "$dir")
    fi
    if [ -n "$by" ]; then
        echo "ok - condition broken: $what: $by"
    else
        echo "not ok - condition broken: $what: NOT NOTICED"
        status=1
    fi
done
exit $status
