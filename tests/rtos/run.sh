#!/usr/bin/env bash
# Each port in examples/firmware/ports on its kernel: the port checker (port.c),
# the suite over lock.h (suite.c), and ports broken on purpose, which the checker
# or the suite must notice.
#
#     tests/rtos/run.sh [PATTERN]         only the targets that match
#
# One line for each: what it came to, seconds. What is missing is named.
#
#     KERNELS  the directory of the kernels' sources: freertos, threadx, ...
#     BUILD    where to build (default: build/rtos)
#     JOBS     how many at a time (default: one a processor)

set -u
cd "$(dirname "$0")/../.." || exit 1

only=${1:-.}
ports=$PWD/examples/firmware/ports
build=$PWD/${BUILD:-build/rtos}
: "${JOBS:=$(nproc 2>/dev/null || echo 2)}"
export KERNELS=${KERNELS:-'$KERNELS'} CC=${CC:-cc}
rm -rf "$build" && mkdir -p "$build/results" || exit 1

summary() {         # FILE: "9 passed, 0 failed, 1 skipped", if it came so far
    tail -n 1 "$1" | sed -n 's/^# \([0-9]* passed, .*\)/\1/p'
}

good() {            # LOG STATUS: whether the program ended, and all was well
    [ "$2" -eq 0 ] && [ -n "$(summary "$1")" ] && ! grep -q '^not ok' "$1"
}

report() {          # ok|not CLAIM DETAIL [LOG]: one write, as others write too
    local word=$1
    [ "$word" = ok ] || word='not ok'
    echo "$word" >"$build/results/$BASHPID"
    {
        echo "$word - rtos: $2 # $3"
        [ "$word" = ok ] || tail -n 30 "$4" | sed 's/^/# /'
    } >"$4.said"
    cat "$4.said"
}

try() {             # KERNEL TARGET PROGRAM
    local start=$SECONDS log=$build/$2-$3.log status
    export B=$build/$2-$3.d
    mkdir -p "$B"
    "tests/rtos/$1/run.sh" build "$2" "$3" "$ports" >"$log" 2>&1 &&
        "tests/rtos/$1/run.sh" run "$2" "$3" >"$log" 2>&1
    status=$?
    if good "$log" $status; then
        report ok "$2, $3" "$(summary "$log"); $((SECONDS - start)) s" "$log"
    else
        report not "$2, $3" "status $status; $((SECONDS - start)) s" "$log"
    fi
}

# A port that was changed so; noticed if the checker or the suite does not end
# well. A task that waits for ever is given 30 seconds.
try_broken() {      # KERNEL TARGET SED
    local start=$SECONDS name what program found='' log header
    name=$(basename "$3" .sed)
    header=$(sed -n '1s/^# \([a-z0-9_]*\.h\): .*/\1/p' "$3")
    what=$(sed -n '1s/^# [a-z0-9_]*\.h: //p' "$3")
    export B=$build/$2-$name.d
    mkdir -p "$B/ports"
    log=$B/log
    cp "$ports"/*.h "$B/ports"
    sed -f "$3" "$ports/$header" >"$B/ports/$header"
    cmp -s "$ports/$header" "$B/ports/$header" && {
        echo "$3 changes nothing" >"$log"
        report not "noticed on $2: $what" "it is not there" "$log"
        return
    }
    for program in port suite; do
        "tests/rtos/$1/run.sh" build "$2" $program "$B/ports" >"$log" 2>&1 || {
            report not "noticed on $2: $what" "it does not compile" "$log"
            return
        }
        timeout 30 "tests/rtos/$1/run.sh" run "$2" $program >"$log" 2>&1
        good "$log" $? && continue
        found=$(grep -m 1 '^not ok' "$log" || echo 'it does not end')
        break
    done
    if [ -n "$found" ]; then
        report ok "noticed on $2: $what" \
            "$program: ${found#not ok }; $((SECONDS - start)) s" "$log"
    else
        report not "noticed on $2: $what" "NOTHING" "$log"
    fi
}

queue() {           # FUNCTION ARGUMENT...
    while [ "$(jobs -pr | wc -l)" -ge "$JOBS" ]; do
        wait -n
    done
    "$@" &
}

for script in tests/rtos/*/run.sh; do
    kernel=$(basename "$(dirname "$script")")
    first='' programs='port suite'
    [ "$kernel" != host ] || programs=port  # make test does the rest there
    for target in $(B=$build "$script" targets); do
        : "${first:=$target}"       # the ports are broken on one target only
        [[ $target =~ $only ]] || continue
        for program in $programs; do
            queue try "$kernel" "$target" $program
        done
        # What else comes with that system: "TARGET PROGRAM" a line.
        for program in $("$script" extras 2>/dev/null |
            sed -n "s/^$target //p"); do
            queue try "$kernel" "$target" "$program"
        done
        [ "$target" = "$first" ] || continue
        for change in tests/rtos/broken/"$kernel"_*.sed; do
            [ -e "$change" ] && queue try_broken "$kernel" "$target" "$change"
        done
    done
done
wait
passed=$(cat "$build"/results/* 2>/dev/null | grep -c '^ok')
failed=$(cat "$build"/results/* 2>/dev/null | grep -c '^not')
echo "$passed passed, $failed failed, $SECONDS s"
[ "$failed" -eq 0 ] && [ "$passed" -ne 0 ]
