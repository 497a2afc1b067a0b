#!/bin/sh
# Have Frama-C's Eva look for undefined behaviour in the async lock.
command -v frama-c >/dev/null || {
    echo "# skipped: Frama-C is not installed (apt-get install frama-c-base)"
    exit 0
}
log=${B:-build}/eva.log
mkdir -p "${log%/*}"
frama-c -eva -eva-precision 0 -eva-slevel 100000 -eva-auto-loop-unroll 100 \
    -eva-unroll-recursive-calls 9 -eva-no-show-progress -cpp-extra-args="-I." tests/eva.c >"$log" 2>&1
if grep -q '0 alarms generated' "$log" && ! grep -q 'User Error' "$log"; then
    echo "ok - eva: no operation of the async lock misuses memory"
else
    sed -n 's/^/# /p' "$log" | grep -i 'alarm\|error'
    echo "not ok - eva: no operation of the async lock misuses memory"
    exit 1
fi
