#!/bin/sh
# How many instructions the short paths take, against what instructions.txt
# allows, and that the benchmark notices a lock that does not lock. TAP.
#
#     tests/bench/instructions.sh [--record]      write the file anew
set -u
: "${CC:=cc}"
src=tests/bench
out=build/bench
recorded=$src/instructions.txt
flags='-std=c11 -O2 -fno-pie -no-pie -pthread'
log=$out/callgrind.log
mkdir -p $out
failed=0

is() {          # STATUS CLAIM
    if [ "$1" -eq 0 ]; then
        echo "ok - bench: $2"
    else
        echo "not ok - bench: $2"
        failed=1
    fi
}

skipped() {     # WHAT
    echo "# skipped: $1"
}

# gcc's version, or what is not gcc
compiler=$(echo '__GNUC__ __clang__' | "$CC" -E -P - | sed 's/ __clang__$//')
compiler="gcc $compiler, $(uname -m)"

# In thousandths of an instruction, for a path is run a thousand times.
count() {       # PATH
    valgrind --tool=callgrind --callgrind-out-file=/dev/null \
        --toggle-collect='path_*' $out/instructions "$1" >$log 2>&1 &&
        sed -n 's/.*Collected : //p' $log
}

check() {       # PATH CEILING
    first=$(count "$1") && second=$(count "$1") || first=failed
    if [ "$first" = failed ] || [ -z "$first" ]; then
        sed 's/^/# /' $log
        is 1 "$1 runs below callgrind"
        return
    fi
    [ "$first" = "$second" ]
    is $? "the instructions of $1 are $((first / 1000)), each time"
    [ "$first" -le "$2" ]
    is $? "$1 takes no more than $(($2 / 1000)) instructions"
}

"$CC" $flags -I. -D_GNU_SOURCE $src/instructions.c -o $out/instructions ||
    exit 1
if ! command -v valgrind >/dev/null; then
    skipped 'valgrind is not installed (apt-get install valgrind)'
elif [ "${1:-}" = --record ]; then
    {
        echo '# What a path may take at most, in thousandths of an instruction.'
        echo "# $compiler: $flags"
        for path in acquire try_acquire failing_try_acquire release \
            acquire_for async_acquire async_release dual_hand_over \
            async_hand_over async_hand_over_without_loop; do
            echo "$path $(count $path)"
        done
    } >$recorded
    cat $recorded
elif ! grep -qxF "# $compiler: $flags" $recorded; then
    skipped "$recorded is not for $compiler"
else
    while read -r path ceiling; do
        check "$path" "$ceiling"
    done <<END
$(grep -v '^#' $recorded)
END
fi

"$CC" $flags -I$src -D_GNU_SOURCE $src/driver.c $src/workloads.c \
    $src/peers/libc.c -o $out/broken || exit 1
! timeout 60 $out/broken -s .1 -w contended -c broken $out/broken.tsv \
    >/dev/null 2>$log && grep -q 'sections were lost' $log
is $? 'a lock that does not lock is noticed'
exit $failed
