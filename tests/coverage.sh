#!/bin/sh
# Which lines and branches of the two headers do the suites execute? Needs gcc
# and lcov. Prints the rates, and each line and branch that no test reached.
set -e
command -v lcov >/dev/null || {
    echo "# skipped: lcov is not installed (apt-get install lcov)"
    exit 1
}
top=$(pwd)
dir=${B:-build}/coverage
rm -rf "$dir"
mkdir -p "$dir"
cd "$dir"
for suite in async_loop async_no_loop async_task async_debug thread_script \
        thread_debug thread_linux thread_c11 thread_pthread; do
    gcc -std=c11 -O0 --coverage -D_GNU_SOURCE -DPLAIN -I"$top" -I"$top/tests" \
        "$top/tests/$suite.c" -o $suite -pthread
    ./$suite >$suite.log || { cat $suite.log; exit 1; }
done
branches='--rc lcov_branch_coverage=1'
lcov -q $branches --capture --directory . -o all.info 2>/dev/null
lcov -q $branches --extract all.info "$top/lock.h" "$top/async_lock.h" -o headers.info
lcov $branches --list headers.info | grep -v '^Reading'
awk -F'[:,]' '
    /^SF/ { n = split($2, path, "/"); file = path[n] }
    /^DA/ && $3 == 0 { print file ":" $2 ": not executed" }
    /^BRDA/ && ($5 == "0" || $5 == "-") {
        print file ":" $2 ": branch " $4 " not taken" }' headers.info
