#!/bin/sh
# Is each acquire and release of lock.h needed? Weaken them to relaxed, one at a
# time, and let the explorer look for a schedule in which that shows. Prints a
# table; fails if one was not caught.

. tests/model/weaken.sh

# line: the name of the function that it is in
function_at()
{
    awk -v line="$1" '
        NR > line { exit }
        /^[A-Za-z].*\(/ { sub(/\(.*/, ""); name = $NF; sub(/^\*/, "", name) }
        END { print name }' $base/lock.h
}

missed=0
found=0
preprocessed $base >$base/seen
printf '# %-5s %-28s %-8s %s\n' line function order 'caught by'
for line in $(grep -nE '^([^#]*, *| +)(acquire|release)\)' $base/lock.h \
              | cut -d: -f1); do
    order=$(sed -n "${line}s/.*[, ]\(acquire\|release\)).*/\1/p" \
            $base/lock.h)
    dir=build/model/order_$line
    mkdir -p $dir
    sed "${line}s/\([, ]\)$order)/\1relaxed)/" $base/lock.h \
        >$dir/lock.h
    if preprocessed $dir | cmp -s - $base/seen; then
        by='(in no port that is explored)'
    else
        found=$((found + 1))
        by=$(caught_by $dir)
        [ -n "$by" ] || missed=$((missed + 1))
    fi
    printf '# %-5s %-28s %-8s %s\n' "$line" "$(function_at "$line")" "$order" \
        "${by:-NOT CAUGHT}"
done

claim="model orders: weakening any of $found acquires and releases is caught"
if [ $found -eq 0 ] || [ $missed -gt 0 ]; then
    echo "not ok - $claim ($missed not)"
    exit 1
fi
echo "ok - $claim"
