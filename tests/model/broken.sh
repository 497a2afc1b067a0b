#!/bin/sh
# Does the explorer find bugs? Break lock.h in the ways of broken/*.sed, one at
# a time; each says in its first line what goes wrong. Fails if one is not.

. tests/model/weaken.sh

status=0
for patch in tests/model/broken/*.sed; do
    name=$(basename "$patch" .sed)
    claim="model broken: $name:$(sed -n '1s/^#//p' "$patch")"
    dir=build/model/broken_$name
    mkdir -p "$dir"
    sed -f "$patch" $base/lock.h >"$dir/lock.h"
    if cmp -s $base/lock.h "$dir/lock.h"; then
        echo "not ok - $claim"
        echo "# the patch changes nothing: lock.h has moved on"
        status=1
        continue
    fi
    by=$(caught_by "$dir")
    if [ -n "$by" ]; then
        echo "ok - $claim: caught by $by"
    else
        echo "not ok - $claim: NOT CAUGHT"
        status=1
    fi
done
exit $status
