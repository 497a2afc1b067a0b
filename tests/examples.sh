#!/bin/sh
# examples.sh - every example does what it says
#
# Each line of tests/examples/NAME.expected is an extended regular expression
# that has to match the whole of the same line of what build/examples/NAME
# prints. Another directory than build/examples may be given as the argument.

programs=${1:-build/examples}
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
export LC_ALL=C
failed=0

# test_that CLAIM COMMAND...: what the command says explains its failure.
test_that() {
    claim=$1
    shift
    if "$@" >"$work/why" 2>&1; then
        echo "ok - examples: $claim"
    else
        echo "not ok - examples: $claim"
        sed 's/^/# /' "$work/why"
        failed=1
    fi
}

# Run a program for a minute at the most, and keep all that it prints.
run() {
    timeout 60 "$@" >"$work/printed" 2>&1
    code=$?
}

exits_with() {
    [ "$code" -eq "$1" ] && return
    echo "exit code $code instead of $1"
    return 1
}

same_line() {
    printf '%s\n' "$2" | grep -Eqx -e "$1" && return
    printf 'expected: %s\nprinted:  %s\n' "$1" "$2"
    return 1
}

same_lines() {
    n=0
    while IFS= read -r expected <&3; do
        n=$((n + 1))
        IFS= read -r printed <&4 || printed='(nothing more)'
        same_line "$expected" "$printed" || return
    done 3<"$1" 4<"$2"
    [ "$(wc -l <"$2")" -eq "$n" ] && return
    echo "printed more than the $n lines that are expected:"
    sed "1,${n}d" "$2"
    return 1
}

prints_what_is_expected() {
    if [ ! -s "tests/examples/$1.expected" ]; then
        echo "no tests/examples/$1.expected to compare with"
        return 1
    fi
    run "$programs/$1"
    same_lines "tests/examples/$1.expected" "$work/printed" && exits_with 0
}

counts_as_wc_does() {
    run "$programs/wordcount" "$@"
    words=$(cat "$@" | wc -w)
    same_line "four threads count   $words words" \
        "$(sed -n 2p "$work/printed")" && exits_with 0
}

# So many that the threads meet time and again, where they have two processors.
counts_many_as_wc_does() {
    set --
    while [ $# -lt 200 ]; do
        set -- "$@" lock.h async_lock.h
    done
    counts_as_wc_does "$@"
}

refuses() {
    echo "$1" >"$work/message"
    shift
    run "$programs/wordcount" "$@"
    same_lines "$work/message" "$work/printed" && exits_with 1
}

counts_nothing_where_there_are_no_files() {
    mkdir "$work/empty"
    echo 'wordcount: nothing to count: name some files' >"$work/message"
    run sh -c 'program=$(cd "$1" && pwd)/wordcount; cd "$2" && "$program"' \
        sh "$programs" "$work/empty"
    same_lines "$work/message" "$work/printed" && exits_with 1
}

# On a slow machine a wait may last: only what is reported at once counts.
gates_are_not_reported() {
    ${CC:-cc} -std=c11 -I. -DTHREAD_LOCK_DEBUG \
        -DTHREAD_LOCK_DEBUG_NS=60000000000 examples/handshake.c \
        -o "$work/gates" -pthread || return
    run "$work/gates"
    same_lines tests/examples/handshake.expected "$work/printed"
}

for source in examples/*.c; do
    name=$(basename "$source" .c)
    test_that "$name prints what it should" prints_what_is_expected "$name"
done

for expected in tests/examples/*.expected; do
    name=$(basename "$expected" .expected)
    test_that "$name.expected belongs to an example" test -f "examples/$name.c"
done

test_that 'a debug build does not report the gates of handshake' \
    gates_are_not_reported
test_that 'wordcount counts one file as wc does' counts_as_wc_does lock.h
test_that 'wordcount counts many files as wc does' counts_many_as_wc_does
test_that 'wordcount refuses a file that is not there' refuses \
    'no/such/file: No such file or directory' lock.h no/such/file
test_that 'wordcount refuses a directory' refuses \
    'examples: Is a directory' examples
test_that 'wordcount asks for files where it finds none' \
    counts_nothing_where_there_are_no_files

exit "$failed"
