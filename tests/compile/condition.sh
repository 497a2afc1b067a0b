#!/bin/sh
# examples/condition.h compiles without a word and runs: in each standard of C
# and C++ that lock.h is for, in several files of a program, with the bodies of
# lock.h in the same file or in another, and as clang's analysis wants it.
out=${B:-build}/compile/condition
rm -rf "$out"
mkdir -p "$out"
warn='-O2 -Wall -Wextra -Wpedantic -Wconversion -Wsign-conversion -Wshadow
    -Wundef -Wcast-qual -Werror -I. -Iexamples'
suite=condition.h
. tests/claim.sh

compile()   # compile COMPILER STANDARD OUTPUT FLAG...
{
    cc=$1 std=$2 output=$3 lang=c strict=-Wstrict-prototypes
    case $cc in *++) lang=c++ strict= ;; esac
    shift 3
    # shellcheck disable=SC2086 # flags are words
    $cc -std=$std $warn $strict "$@" -x $lang -c tests/compile/condition.c \
        -o "$output"
}

runs()      # runs COMPILER STANDARD FLAG...
{
    compile "$@" && "$1" "$3" -o "$out/program" -pthread && "$out/program"
}

works()     # works COMPILER STANDARD FLAG...
{
    cc=$1 std=$2
    shift 2
    runs "$cc" "$std" "$out/unit.o" "$@"
}

# A C file with the bodies, a C++ file without, and one with its own.
three_files()
{
    echo 'int first(void), second(void), third(void);
        int main(void) { return first() || second() || third(); }' \
        >"$out/main.c"
    compile gcc c11 "$out/1.o" -DPART=first -DTHREAD_LOCK_IMPLEMENTATION &&
        compile gcc c17 "$out/2.o" -DPART=second -DTHREAD_LOCK_STATIC &&
        compile g++ c++17 "$out/3.o" -DPART=third &&
        gcc "$out/main.c" "$out/1.o" "$out/2.o" "$out/3.o" \
            -o "$out/program" -pthread && "$out/program"
}

for cc in gcc clang g++ clang++; do
    if ! command -v $cc >/dev/null; then
        echo "# skipped: $cc is not installed (apt-get install $cc)"
        continue
    fi
    standards='c11 c17 c2x'
    case $cc in *++) standards='c++11 c++14 c++17 c++20 c++2b' ;; esac
    for std in $standards; do
        claim "$cc, $std" works $cc $std -DTHREAD_LOCK_IMPLEMENTATION
        claim "$cc, $std, static" works $cc $std -DTHREAD_LOCK_STATIC
    done
    claim "$cc, a debug build" works $cc "${standards%% *}" \
        -DTHREAD_LOCK_DEBUG -DTHREAD_LOCK_STATIC
done
claim 'three files of a program' three_files
if command -v clang >/dev/null; then
    claim "clang's thread-safety analysis has nothing to say" works clang c11 \
        -DTHREAD_LOCK_ANALYSIS -DTHREAD_LOCK_STATIC -Wthread-safety
fi
exit "$status"
