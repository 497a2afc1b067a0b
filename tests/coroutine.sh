#!/bin/sh
# examples/coroutine.hpp: its example prints what it should and its coroutines
# may be gone at any moment, with each compiler, plain and with sanitizers; and
# if it is broken on purpose, that is noticed.
out=${B:-build}/coroutine
rm -rf "$out"
mkdir -p "$out"
warn='-std=c++20 -O1 -g -Wall -Wextra -Wpedantic -Wconversion -Wsign-conversion
    -Wshadow -Wundef -Wcast-qual -Werror'
suite=coroutine
. tests/claim.sh

build()     # build COMPILER FLAGS HEADERS: both programs, headers from there
{
    # shellcheck disable=SC2086 # flags are words
    $1 $2 -I"$3" -I"$3/examples" -I. "$3/examples/coroutine.cpp" -pthread \
        -o "$out/example" &&
        $1 $2 -I"$3" -I"$3/examples" -I. tests/coroutine.cpp -pthread \
            -o "$out/races"
}

prints_what_is_expected()   # prints_what_is_expected SECONDS
{
    timeout "$1" "$out/example" >"$out/printed" 2>&1 &&
        diff tests/coroutine.expected "$out/printed" && return
    head -n 40 "$out/printed"
    return 1
}

all_is_well()   # all_is_well SECONDS
{
    prints_what_is_expected "$1" && timeout "$1" "$out/races"
}

notices()   # notices SANITIZER SED-SCRIPT: the header, edited so, does not pass
{
    rm -rf "$out/broken"
    mkdir -p "$out/broken/examples"
    cp lock.h async_lock.h "$out/broken"
    cp examples/coroutine.cpp "$out/broken/examples"
    sed "$2" examples/coroutine.hpp >"$out/broken/examples/coroutine.hpp"
    ! cmp -s examples/coroutine.hpp "$out/broken/examples/coroutine.hpp" &&
        build g++ "-std=c++20 -O1 -g -w -fsanitize=$1" "$out/broken" &&
        ! all_is_well 10
}

for cxx in g++ clang++; do
    if ! command -v $cxx >/dev/null; then
        echo "# skipped: $cxx is not installed (apt-get install ${cxx%++})"
        continue
    fi
    for san in none address,undefined thread; do
        flags=$warn
        [ $san = none ] || flags="$warn -fsanitize=$san"
        claim "$cxx, sanitizer: $san, compiles without a warning" \
            build $cxx "$flags" .
        claim "$cxx, sanitizer: $san, loses nothing" all_is_well 60
    done
done

command -v g++ >/dev/null || exit "$status"
while IFS='|' read -r san what change; do
    claim "noticed if $what" notices "$san" "$change"
done <<'END'
address|a coroutine that is destroyed does not cancel|s/^        if (wait_ == nullptr)$/        if (true)/
address|a wait that was cancelled is not freed|s/^            delete wait_;/            ;/
address|a wait that is on its way is freed|s/^            wait_->by = nullptr;/            delete wait_;/
address|a wait that has arrived stays its coroutine's|s/^            w->by->wait_ = nullptr;//
address|a lock that arrives too late is kept|s/^            Side::release(w->lock);/            ;/
address|a cancelled wait that arrives too late releases|s/else if (result == LOCK_EOK)/else/
address|a holder does not release|s/^    ~holder() { release(); }/    ~holder() {}/
thread|await_suspend touches the coroutine too late|s/^        wait_ = w;//; s/^        if (e == LOCK_EPENDING)/        wait_ = w;\n&/
address|a refused wait counts as held|s/: lock_(result == LOCK_EOK ? l : nullptr)/: lock_(l)/
END
exit "$status"
