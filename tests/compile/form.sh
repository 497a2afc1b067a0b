#!/usr/bin/env bash
# The form of lock.h and async_lock.h: that they compile, link and run however
# they are included, silently, with every compiler and standard they are for.
#
#     tests/compile/form.sh [PATTERN]     only the claims that match PATTERN
#
# A claim holds where its commands succeed and print nothing.
#
#     HEADERS   the directory of the two headers (default: the project)
#     BUILD     where to build (default: build/compile/form); emptied first
#     JOBS      how many claims to try at a time (default: one a processor)
#     CC, CFLAGS, SAN   for the examples in the headers

set -u
cd "$(dirname "$0")/../.." || exit 1

here=$PWD/tests/compile
headers=$(cd "${HEADERS:-.}" && pwd) || exit 1
build=${BUILD:-build/compile/form}
only=${1:-.}
claims=0
skip='# skipped: %s is not installed (apt-get install %s)\n'

rm -rf "$build" && mkdir -p "$build" || exit 1
build=$(cd "$build" && pwd)
: "${JOBS:=$(nproc 2>/dev/null || echo 2)}"

warn_cxx='-Wall -Wextra -Wpedantic -Wconversion -Wsign-conversion -Wshadow
          -Wundef -Wcast-qual -Werror'
warn="$warn_cxx -Wstrict-prototypes"
: "${CC:=gcc}"
: "${CFLAGS:=-std=c11 -O2 -g $warn}"

# clang's -Weverything, but for what these would have us do:
everything='-Weverything -Werror
    -Wno-padded                        the padding is meant
    -Wno-float-equal                   acquire_ex compares with exactly -1
    -Wno-declaration-after-statement   C11 has them
    -Wno-pre-c11-compat                and all that C90 has not
    -Wno-switch-default                a default hides a missing case
    -Wno-unsafe-buffer-usage           C has pointers
    -Wno-unknown-warning-option'
everything=$(grep -oE -- '-W[a-z0-9-]+' <<<"$everything" | tr '\n' ' ')

# ---------------------------------------------------------------------------
# How a claim is tried

claim() {           # TEXT COMMAND...
    [[ $1 =~ $only ]] || return 0
    while [ "$(jobs -pr | wc -l)" -ge "$JOBS" ]; do
        wait -n
    done
    claims=$((claims + 1))
    try "$build/$(printf %03d $claims)" "$@" &
}

try() {             # DIRECTORY TEXT COMMAND...
    local dir=$1 text=$2 status said
    shift 2
    mkdir "$dir" && cd "$dir" || exit
    said=$(set -e -o pipefail; "$@" 2>&1 </dev/null)
    status=$?
    if [ $status = 0 ] && [ -z "$said" ]; then
        echo "ok - form: $text" >tap
    else
        echo "not ok - form: $text" >tap
        printf '%s\n' "exit status $status" ${said:+"$said"} | head -n 40 |
            sed 's/^/# /' >>tap
    fi
}

have() {            # COMMAND PACKAGE
    command -v "$1" >/dev/null && return
    # shellcheck disable=SC2059     # the format is ours
    printf "$skip" "$1" "$2"
    return 1
}

have_header() {     # HEADER PACKAGE
    gcc -E -include "$1" -x c /dev/null >/dev/null 2>&1 && return
    # shellcheck disable=SC2059     # the format is ours
    printf "$skip" "$1" "$2"
    return 1
}

# ---------------------------------------------------------------------------
# What claims are made of

# Write a file of its words: a .h or .c is included, all else is defined.
unit() {            # WORD...
    local word
    for word; do
        case $word in
        *.[ch]) echo "#include \"$word\"" ;;
        *)      echo "#define ${word/=/ }" ;;
        esac
    done
}

compile() {         # OUTPUT COMPILER FLAGS WORD...
    local output=$1 cc=$2 flags=$3 lang=c
    shift 3
    case $cc in *++) lang=cc ;; esac
    unit "$@" >"${output%.o}.$lang"
    # shellcheck disable=SC2086
    $cc $flags -I"$headers" -I"$here" -c -o "$output" "${output%.o}.$lang"
}

run() {             # COMMAND...
    timeout 20 "$@"
}

# Use all that the words include; link with what else is given, and run.
program() {         # COMPILER FLAGS OBJECTS WORD...
    local cc=$1 flags=$2 objects=$3
    shift 3
    compile unit.o "$cc" "$flags" "$@" use.c
    # shellcheck disable=SC2086
    $cc -o unit unit.o $objects -pthread
    run ./unit
}

# Compile this by each of several standards, and run it by the last.
programs() {        # COMPILER WARNINGS STANDARDS OBJECTS WORD...
    local cc=$1 warnings=$2 standards=$3 objects=$4 std
    shift 4
    while read -r std; do
        compile unit.o "$cc" "-std=$std $warnings" "$@" use.c
    done <<<"${standards%$'\n'*}"
    program "$cc" "-std=${standards##*$'\n'} $warnings" "$objects" "$@"
}

standards='gnu11
gnu17 -D_GNU_SOURCE -include unistd.h
c2x
c17
c11'
cxx_standards='c++2b
c++20
c++17
c++14
c++11'

thread=THREAD_LOCK_IMPLEMENTATION
async=ASYNC_LOCK_IMPLEMENTATION
both='lock.h async_lock.h'
static="THREAD_LOCK_STATIC ASYNC_LOCK_STATIC $both"
c11="-std=c11 $warn"

declarations='lock.h
async_lock.h
lock.h lock.h
async_lock.h async_lock.h
lock.h async_lock.h
async_lock.h lock.h'
bodies="$thread lock.h
lock.h $thread lock.h
$thread lock.h lock.h
THREAD_LOCK_STATIC lock.h
THREAD_LOCK_STATIC lock.h lock.h
$async async_lock.h
async_lock.h $async async_lock.h
$async async_lock.h async_lock.h
ASYNC_LOCK_STATIC async_lock.h
ASYNC_LOCK_STATIC async_lock.h async_lock.h
$thread $async lock.h async_lock.h
$thread $async async_lock.h lock.h
lock.h async_lock.h $thread $async lock.h async_lock.h
lock.h async_lock.h $thread $async async_lock.h lock.h
THREAD_LOCK_STATIC ASYNC_LOCK_STATIC lock.h async_lock.h
THREAD_LOCK_STATIC ASYNC_LOCK_STATIC async_lock.h lock.h
THREAD_LOCK_STATIC $async lock.h async_lock.h
$thread ASYNC_LOCK_STATIC lock.h async_lock.h"

cxx_bodies="$thread lock.h
$async async_lock.h async_lock.h
lock.h async_lock.h $thread $async async_lock.h lock.h
$static
$thread ASYNC_LOCK_STATIC async_lock.h lock.h"

ports='PORT_LINUX PORT_C11 PORT_PTHREAD NO_WAIT'

# POSIX hides its functions from those who ask for C11 and nothing else.
flags_of() {        # PORT
    case $1 in
    *PTHREAD) echo "-DTHREAD_LOCK_$1 -D_POSIX_C_SOURCE=200809L" ;;
    *)        echo "-DTHREAD_LOCK_$1" ;;
    esac
}

# Two files, each of them with all of use.c, and a main.
two() {             # COMPILER FLAGS WORDS COMPILER FLAGS WORDS OBJECTS
    # shellcheck disable=SC2086
    {
        compile first.o "$1" "$2" PART=first $3 use.c
        compile second.o "$4" "$5" PART=second $6 use.c
        gcc -c -o main.o "$here/two.c"
        "$1" -o two main.o first.o second.o $7 -pthread
    }
    run ./two
}

# A lock that two files pass on, each of them with bodies of its own.
passed() {          # COMPILER FLAGS
    compile here.o "$1" "$2" passed.c
    compile there.o "$1" "$2" OTHER passed.c
    "$1" -o passed here.o there.o
    run ./passed
}

# What clang says of analysis.c, with a mistake in it, mentions this.
analysis_finds() {  # MISTAKE TEXT
    compile unit.o clang "$c11 -Wthread-safety" "$1" analysis.c 2>said && exit 1
    grep -q "$2" said || { cat said; exit 1; }
}

# The lines at which a caller that ignores a result is warned are the right ones.
warns() {           # COMPILER FLAGS
    local lang=c not=' t->try_lock'
    case $1 in *++) lang=c++ not=' none' ;; esac
    # shellcheck disable=SC2086
    LC_ALL=C $1 $2 -I"$headers" -x $lang -c -o unit.o "$here/must_check.c" \
        2>said || { cat said; exit 1; }
    diff <(grep -n 'warns' "$here/must_check.c" | grep -v "$not" |
            sed -n 's/^\([0-9]*\):.*;.*/\1/p') \
        <(sed -n 's/.*must_check\.c:\([0-9]*\):[0-9]*: warning: .*/\1/p' said)
}

warns_in_each() {   # COMPILER STANDARD...
    local cc=$1 std
    shift
    for std; do
        warns "$cc" "-std=$std -Wall -Wextra -pedantic"
        warns "$cc" "-std=$std -Wall -Wextra -pedantic -DTHREAD_LOCK_ANALYSIS"
    done
}

# Each of these uses of a lock keeps files of a debug build and of a normal one
# from being linked; those of one build link. The bodies are C's.
keep_apart() {      # HEADER COMPILER USE...
    local header=$1 cc=$2 flags="-O0 -std=c11 $warn" use bodies
    shift 2
    case $cc in *++) flags="-O0 -std=c++11 $warn_cxx" ;; esac
    echo 'int main(void) { return 0; }' >main.c
    for use; do
        compile normal.o "$cc" "$flags" "$header" NAME=first "USE=$use" mixed.c
        compile debug.o "$cc" "$flags $debug" \
            "$header" NAME=second "USE=$use" mixed.c
        for bodies in normal debug; do
            link same $bodies.o
            refuses_to_link normal.o debug.o
            refuses_to_link debug.o normal.o
        done
    done
}

link() {            # OUTPUT OBJECT... for keep_apart
    "$cc" -o "$@" -x c main.c -x none "$build/$bodies-$header.o" -pthread
}

refuses_to_link() { # OBJECT OBJECT
    if link mixed "$@" 2>errors; then
        echo "with $bodies bodies, $use: $* link"
    else
        grep -q "undefined reference to \`[a-z]*_lock_" errors || cat errors
    fi
}

# ---------------------------------------------------------------------------
# The two headers as text

each_header() {     # COMMAND...
    "$@" "$headers/lock.h"
    "$@" "$headers/async_lock.h"
}

plain_lines() {     # HEADER
    LC_ALL=C awk '
        length > 80 { print FILENAME ":" FNR ": " length " columns" }
        /[^ -~]/    { print FILENAME ":" FNR ": a tab, or not ASCII" }
        / $/        { print FILENAME ":" FNR ": a trailing blank" }' "$1"
}

version_of_line_1() {   # HEADER
    local name=${1##*/} prefix version want got
    case $name in async*) prefix=ASYNC ;; *) prefix=THREAD ;; esac
    version=$(sed -nE "1s/^\/\* $name - ([0-9.]+) - .*/\1/p" "$1")
    want="${version//./ } \"$version\""
    got=$(for part in _MAJOR _MINOR _PATCH ''; do
            sed -n "s/^#define ${prefix}_LOCK_VERSION$part //p" "$1"
        done | paste -sd' ')
    [ "$got" = "$want" ] || echo "$name: line 1 says $want, the macros $got"
}

licence() {         # HEADER
    [ "$(sed -n 2p "$1")" = '   SPDX-License-Identifier: 0BSD' ] ||
        echo "$1: no SPDX line"
}

shared_block() {    # HEADER
    sed -n '/^\/\* >>shared block/,/^\/\* <<shared block/p' "$1"
}

same_shared_block() {
    each_header shared_block | grep -c 'enum lock_error {' | grep -vx 2 || true
    diff <(shared_block "$headers/lock.h") \
        <(shared_block "$headers/async_lock.h")
}

# The code of all branches, without comments and strings.
code() {            # HEADER
    gcc -w -fpreprocessed -dD -E -P "$1" | sed 's/"[^"]*"/""/g'
}

# The compilers' and the systems' own, which we may use but not define.
reserved='_|__cplusplus|__STDC_VERSION__|__GNUC__|__COUNTER__|_Atomic|_Alignas
|__attribute__|__extension__|__has_attribute|__cpp_exceptions
|__(FILE|LINE|VA_ARGS|clang|LP64)__
|__(linux|EMSCRIPTEN|APPLE|unix|HAIKU|QNX|rtems|ZEPHYR)__
|_WIN32|_MSC_VER|__(x86_64|i386|aarch64|ARM_ARCH_7A)__
|__(asm|volatile)__|__builtin_ia32_pause
|__atomic_(load_n|store_n|compare_exchange_n)|__ATOMIC_(RELAXED|ACQUIRE|RELEASE)'
reserved=${reserved//$'\n'/}

no_reserved_names() {   # HEADER
    code "$1" | grep -oE '\b[A-Za-z0-9_]+\b' | grep -E '^_|__' | sort -u |
        grep -vxE "$reserved" || true
}

ours='(thread_lock|async_lock)|(THREAD_LOCK|ASYNC_LOCK|LOCK)_[A-Z0-9_]+
|(thread_lock|async_lock|lock)_[a-z0-9_]+'
ours=${ours//$'\n'/}
# What <windows.h> asks for, and the tails of C's names of memory orders.
also='NOMINMAX|WIN32_LEAN_AND_MEAN|THREAD_LOCK_(relaxed|acquire|release)_'

macros() {          # HEADER
    code "$1" | sed -nE 's/^#define ([A-Za-z0-9_]+).*/\1/p'
}

types() {           # HEADER
    code "$1" | grep -oE '\b(struct|union|enum) +[a-z0-9_]+' | sed 's/.* //'
    code "$1" | sed -nE 's/^typedef .*\b([a-z0-9_]+)(\(.*\))?;$/\1/p'
}

enum_constants() {  # HEADER
    code "$1" | sed -n '/^enum [a-z_]* {/,/^}/p' | grep -oE '\b[A-Z0-9_]+\b'
}

functions() {       # WORD...
    local keep='-fkeep-inline-functions -fkeep-static-functions' port
    for port in $ports; do
        compile all.o gcc "-std=c11 $keep $(flags_of "$port")" "$@"
        nm --defined-only all.o | sed -n 's/.* [A-Za-z] //p'
    done
}

names_carry_the_prefix() {  # KIND ARGUMENT...
    local names
    names=$("$@" | sort -u)
    [ "$(wc -l <<<"$names")" -gt 2 ] || echo "found no $1"
    grep -vxE "$ours|$also|timespec|0" <<<"$names" || true
}

# ---------------------------------------------------------------------------
# The headers as objects

# The nm of avr-gcc is avr-nm.
tool_of() {         # COMPILER TOOL
    case $1 in
    *-gcc) echo "${1%gcc}$2" ;;
    *)     echo "$2" ;;
    esac
}

freestanding() {    # COMPILER FLAGS WORD...
    local cc=$1 flags=$2 opt
    shift 2
    for opt in -O0 -O2 -Os; do
        compile alone.o "$cc" "-std=c11 $opt -ffreestanding $warn $flags" "$@"
        "$(tool_of "$cc" nm)" -u alone.o
    done
}

# No section whose name has one of these words, and no name but a function's.
# (.LC0 and its like are constants that the compiler puts there.)
no_data() {         # SECTIONS COMPILER FLAGS WORD...
    local sections=$1 cc=$2 flags=$3 opt
    shift 3
    for opt in -O0 -O2 -Os; do
        compile data.o "$cc" "-std=c11 $opt $flags" "$@"
        size -A data.o | awk -v not="^\\\\.($sections)" \
            '$1 ~ not && $2 > 0 { print $1 ": " $2 " bytes" }'
        nm data.o | awk '$(NF - 1) !~ /^[TtU]$/ && $NF !~ /^\.L/'
    done
}

defines_nothing() { # WORDS NM_FLAGS
    # shellcheck disable=SC2086
    compile declared.o gcc "-std=c11 -O2 $warn" $1
    # shellcheck disable=SC2086
    nm --defined-only $2 declared.o
}

layout() {          # COMPILER FLAGS
    local lang=c
    case $1 in *++) lang=c++ ;; esac
    # shellcheck disable=SC2086
    $1 $2 -Wall -Wextra -Werror -I"$headers" -x $lang \
        -c -o layout.o "$here/layout.c"
}

same_layout_as_c() {    # COMPILER
    layout gcc -std=c11
    nm -S layout.o | cut -d' ' -f2,4 >c
    layout "$1" -std=c++11
    nm -S layout.o | cut -d' ' -f2,4 | diff c -
}

# Bodies as C++, used and unused, in one file and in each.
cxx_bodies() {      # COMPILER FLAGS
    local std
    for std in c++11 c++14 c++17 c++20; do
        compile unit.o "$1" "-std=$std $warn_cxx $2" $thread $async $both use.c
    done
    for std in c++11 c++2b; do
        # shellcheck disable=SC2086
        compile unit.o "$1" "-std=$std -O2 $warn_cxx $2" $static
    done
    # shellcheck disable=SC2086
    program "$1" "-std=c++2b -O2 $warn_cxx $2" '' $thread $async $both
}

light() {           # COMPILER
    local lines
    unit lock.h async_lock.h >light.cc
    "$1" -I"$headers" -M light.cc | grep -E '/c\+\+/' || true
    "$1" -I"$headers" -DTHREAD_LOCK_STATIC -DASYNC_LOCK_STATIC -M light.cc |
        grep -E '/c\+\+/' || true
    lines=$("$1" -I"$headers" -E light.cc | wc -l)
    [ "$lines" -le 1000 ] || echo "$lines lines"
}

# An object for a processor without floating point calls a library for that.
floats() {          # USE
    local opt
    for opt in -O0 -O2 -Os; do
        compile float.o clang "--target=thumbv7m-none-eabi -ffreestanding \
            -std=c11 $opt -DTHREAD_LOCK_PORT_CUSTOM" port.h $thread lock.h \
            NAME=first "USE=$1" mixed.c
        nm -u float.o | grep -E '__aeabi_([df]|[a-z]+2[df])' || true
    done
}

no_floats_unless_called() {
    floats 'thread_lock_acquire_for(&l, THREAD_LOCK_MS(1))'
    floats 'thread_lock_acquire_ex(&l, true, 1)' | grep -q __aeabi_ ||
        echo 'nor if it is called'
}

refuses_nan() {     # COMPILER
    local lang=c
    case $1 in *++) lang=c++ ;; esac
    "$1" -O2 -ffast-math -DTHREAD_LOCK_STATIC -I"$headers" -x $lang \
        -o nan "$here/nan.c" -pthread
    run ./nan
}

print_code_size() { # COMPILER FLAGS WORD...
    local cc=$1 flags=$2 bytes
    shift 2
    compile "$build/size.o" "$cc" "-std=c11 -Os $flags" "$@" || return
    bytes=$("$(tool_of "$cc" size)" -A "$build/size.o" |
        awk '/^\.text/ { n += $2 } END { print n }')
    echo "# size: ${!#}${flags:+ $flags}: $bytes bytes of code ($cc -Os)"
}

# ---------------------------------------------------------------------------
# Refusals, surroundings, examples

stops_naming() {    # COMPILER FLAGS WORDS NAME...
    local cc=$1 flags=$2 words=$3 name
    shift 3
    # shellcheck disable=SC2086
    if compile no.o "$cc" "$flags" $words >errors 2>&1; then
        echo "it compiles"
    fi
    for name; do
        grep -q "error: .*$name" errors || cat errors
    done
}

simulator_stops() { # COMPILER
    local macro
    for macro in INC_FREERTOS_H TX_API_H RIOT_VERSION __ZEPHYR__; do
        stops_naming "$1" "-std=c11 -D$macro" lock.h THREAD_LOCK_PORT_CUSTOM
        chooses_port linux "$1" "-D$macro -DTHREAD_LOCK_PORT_LINUX"
    done
}

chooses_port() {    # PORT COMPILER FLAGS
    unit lock.h >port.c
    # shellcheck disable=SC2086
    $2 -std=c11 $3 -I"$headers" -E -dM port.c |
        grep -x "#define THREAD_LOCK_PORT \"$1\"" >port
}

# The program between >>example and the next section of a header's comment. Not
# all systems have <threads.h>.
example() {         # HEADER
    awk '/^>>/ { on = /^>>example/; next } on' "$headers/$1" |
        sed 's/^       //'
}

example_prints() {  # HEADER OUTPUT
    example "$1" >example.c
    echo '#error "the example needs <threads.h>"' >threads.h
    # shellcheck disable=SC2086
    $CC $CFLAGS ${SAN:-} -I. -I"$headers" -o example example.c -pthread
    run ./example | diff <(echo "$2") -
}

# ---------------------------------------------------------------------------
# The claims

claim 'lines are at most 80 columns of plain ASCII, without trailing blanks' \
    each_header plain_lines
claim 'the version macros agree with line 1' each_header version_of_line_1
claim 'line 2 names the licence' each_header licence
claim 'the shared blocks are the same, word for word' same_shared_block
claim 'no name that C reserves is defined' each_header no_reserved_names
for kind in macros types enum_constants; do
    for header in lock.h async_lock.h; do
        claim "$header: ${kind/_/ } carry the prefix" \
            names_carry_the_prefix $kind "$headers/$header"
    done
done
claim 'lock.h: functions carry the prefix' \
    names_carry_the_prefix functions $thread lock.h
claim 'async_lock.h: functions carry the prefix' \
    names_carry_the_prefix functions $async async_lock.h

claim 'the example of lock.h compiles silently and prints what it must' \
    example_prints lock.h 'total: 42'
claim 'the example of async_lock.h compiles silently and prints what it must' \
    example_prints async_lock.h $'a has the line\nb waits\nb sends: ok'

# The implementation that all who only declare are linked with.
objects="$build/lock.o $build/async_lock.o"
compile "$build/lock.o" gcc "-std=c11 -O2" $thread lock.h
compile "$build/async_lock.o" gcc "-std=c11 -O2" $async async_lock.h

clang='' gxx='' clangxx=''
if have clang clang; then clang=clang clangxx=clang++; fi
if have g++ g++; then gxx=g++; fi

if [ "$clang" ]; then
    claim 'clang: its thread-safety analysis passes what is right' \
        compile unit.o clang "$c11 -Wthread-safety" analysis.c
    while read -r mistake text; do
        claim "clang: its thread-safety analysis finds $mistake" \
            analysis_finds "$mistake" "$text"
    done <<END
MISSING_RELEASE mutex 'lock' is still held at the end of function
WITHOUT_LOCK writing variable 'total' requires holding lock 'lock'
EMPTY_HANDED releasing mutex 'lock' that was not held
UNCHECKED writing variable 'total' requires holding lock 'lock'
END
fi

for cc in gcc $clang; do
    while read -r words; do
        # shellcheck disable=SC2086
        claim "C11 to C23, $cc: $words" \
            programs "$cc" "$warn" "$standards" "$objects" $words
    done <<<"$declarations"
    while read -r words; do
        # shellcheck disable=SC2086
        claim "C11 to C23, $cc: $words" \
            programs "$cc" "$warn" "$standards" '' $words
    done <<<"$bodies"

    claim "two files, $cc: one implements, both use" \
        two "$cc" "$c11" "$thread $async $both" "$cc" "$c11" "$both" ''
    claim "two files, $cc: both with STATIC" \
        two "$cc" "$c11" "$static" "$cc" "$c11" "$static" ''
    claim "two files, $cc: each with STATIC, pass a lock on" \
        passed "$cc" "$c11"
    claim "two files, $cc: one with STATIC, one implements" \
        two "$cc" "$c11" "$static" "$cc" "$c11" "$thread $async $both" ''
done

for cxx in $gxx $clangxx; do
    while read -r words; do
        # shellcheck disable=SC2086
        claim "C++11 to C++23, $cxx: $words" \
            programs "$cxx" "$warn_cxx" "$cxx_standards" "$objects" $words
    done <<<"$declarations"
    while read -r words; do
        # shellcheck disable=SC2086
        claim "C++11 to C++23, $cxx: $words" \
            programs "$cxx" "$warn_cxx" "$cxx_standards" '' $words
    done <<<"$cxx_bodies"
    claim "two files, $cxx and C: C++ uses what C implements" \
        two "$cxx" "-std=c++11 $warn_cxx" "$both" \
        gcc "$c11" "$thread $async $both" ''
    claim "two files, $cxx and C: C uses what C++ implements" \
        two "$cxx" "-std=c++11 $warn_cxx" "$thread $async $both" \
        gcc "$c11" "$both" ''
    claim "two files, $cxx: one implements, both use" \
        two "$cxx" "-std=c++2b $warn_cxx" "$thread $async $both" \
        "$cxx" "-std=c++11 $warn_cxx" "$both" ''
    claim "the structs of C++ are those of C, $cxx" same_layout_as_c "$cxx"
    claim "a C++ file gets no header of C++, and 1000 lines at most, $cxx" \
        light "$cxx"
done

warnings() {        # COMPILER FLAGS
    local opt
    for opt in -O0 -O2 -Os; do
        compile implement.o "$1" "$2 $opt" $thread $async lock.h async_lock.h
        # shellcheck disable=SC2086
        compile static.o "$1" "$2 $opt" $static
        compile used.o "$1" "$2 $opt" $thread $async lock.h async_lock.h use.c
    done
}

for port in $ports; do
    for cc in gcc $clang; do
        claim "no warning at -O0, -O2, -Os, used or unused: $port, $cc" \
            warnings "$cc" "-std=c11 $warn $(flags_of "$port")"
    done
    if [ "$clang" ]; then
        claim "no warning of -Weverything but a few: $port, clang" \
            warnings clang "-std=c11 $everything $(flags_of "$port")"
    fi
    claim "use.c runs: $port" \
        program gcc "-std=c11 $(flags_of "$port")" '' \
        $thread $async lock.h async_lock.h
done

claim 'use.c runs: PORT_PTHREAD, where only C11 is asked for' \
    program gcc "$c11 -DTHREAD_LOCK_PORT_PTHREAD" '' $thread lock.h

debug='-DTHREAD_LOCK_DEBUG -DASYNC_LOCK_DEBUG'
for port in ${ports% NO_WAIT}; do
    for cc in gcc $clang; do
        claim "no warning of the debug build: $port, $cc" \
            warnings "$cc" "-std=c11 $warn $debug $(flags_of "$port")"
    done
    claim "use.c runs with the debug build: $port" \
        program gcc "-std=c11 $debug $(flags_of "$port")" '' \
        $thread $async lock.h async_lock.h
done
for port in $ports; do
    for cxx in $gxx $clangxx; do
        claim "C++11 to C++23, bodies: $port, $cxx" \
            cxx_bodies "$cxx" "$(flags_of "$port")"
        [ "$port" = NO_WAIT ] ||
            claim "C++11 to C++23, bodies of the debug build: $port, $cxx" \
                cxx_bodies "$cxx" "$debug $(flags_of "$port")"
    done
done
claim 'lock.h says that a debug build needs a clock' \
    stops_naming gcc "$c11 -DTHREAD_LOCK_NO_WAIT $debug" "$thread lock.h" clock
for cxx in $gxx $clangxx; do
    claim "two files of the debug build, $cxx and C" \
        two "$cxx" "-std=c++11 $warn_cxx $debug" "$both" \
        gcc "$c11 $debug" "$thread $async $both" ''
    claim "two files of the debug build, C and $cxx" \
        two "$cxx" "-std=c++11 $warn_cxx $debug" "$thread $async $both" \
        gcc "$c11 $debug" "$both" ''
done

compile "$build/normal-lock.h.o" gcc -O0 $thread lock.h
compile "$build/debug-lock.h.o" gcc "-O0 $debug" $thread lock.h
compile "$build/normal-async_lock.h.o" gcc -O0 $async async_lock.h
compile "$build/debug-async_lock.h.o" gcc "-O0 $debug" $async async_lock.h
for cc in gcc $gxx; do
    claim "lock.h: debug and normal files do not link, $cc" \
        keep_apart lock.h "$cc" 'thread_lock_release(&l)' \
        'thread_lock_acquire(&l)' 'thread_lock_acquire_for(&l, 1)' \
        'thread_lock_acquire_async(&l, &w, NULL, NULL, NULL)' \
        'thread_lock_cancel(&l, &w)'
    claim "async_lock.h: debug and normal files do not link, $cc" \
        keep_apart async_lock.h "$cc" 'async_lock_release(&l)' \
        'async_lock_acquire(&l, &w, NULL, NULL)' \
        'async_lock_cancel(&l, &w)' 'async_lock_cancel_all(&l)'
done
for cxx in $gxx $clangxx; do
    claim "lock.h: debug and normal files with a guard do not link, $cxx" \
        keep_apart lock.h "$cxx" 'std::lock_guard<thread_lock>(l)' \
        'l.try_lock_for(std::chrono::hours(1))'
done

for cc in gcc $clang; do
    claim "a caller that ignores a result is warned, $cc" \
        warns_in_each "$cc" c11 c17 c2x
    claim "-ffast-math accepts no NaN, $cc" refuses_nan "$cc"
    claim "a simulator of a real-time system gets no futex, $cc" \
        simulator_stops "$cc"
done
for cxx in $gxx $clangxx; do
    claim "a caller that ignores a result is warned, $cxx" \
        warns_in_each "$cxx" c++11 c++17 c++2b
    claim "-ffast-math accepts no NaN, $cxx" refuses_nan "$cxx"
done
if [ "$clang" ]; then
    claim 'no floating point unless acquire_ex is called' \
        no_floats_unless_called
    msvc='--target=x86_64-windows-msvc -ffreestanding'
    for cc in "clang -std=c11" "clang++ -std=c++11" "clang++ -std=c++2b"; do
        claim "windows-msvc: declarations, $cc" \
            compile unit.o ${cc% *} "$msvc ${cc#* }" lock.h async_lock.h with.c
        claim "windows-msvc: bodies with NO_WAIT, $cc" \
            compile unit.o ${cc% *} "$msvc ${cc#* }" THREAD_LOCK_NO_WAIT \
            $thread $async lock.h async_lock.h
    done
fi

for cc in gcc $clang; do
    claim "async_lock.h needs no library, $cc" \
        freestanding "$cc" '' $async async_lock.h
    claim "lock.h with NO_WAIT needs no library, $cc" \
        freestanding "$cc" -DTHREAD_LOCK_NO_WAIT $thread lock.h
    claim "lock.h with NO_WAIT and a port of three functions, $cc" \
        freestanding "$cc" '-DTHREAD_LOCK_NO_WAIT -DTHREAD_LOCK_PORT_CUSTOM' \
        $thread port.h lock.h
    claim "async_lock.h has no data, $cc" \
        no_data 'data|bss|tdata|tbss|rodata' "$cc" '' $async async_lock.h
    for port in $ports; do
        claim "lock.h has no writable data: $port, $cc" \
            no_data 'data|bss|tdata|tbss' \
            "$cc" "$(flags_of "$port")" $thread lock.h
    done
    claim "the sizes are as promised, $cc" layout "$cc" -std=c11
done
claim 'headers that only declare define nothing' \
    defines_nothing 'lock.h async_lock.h' ''
claim 'STATIC exports nothing' \
    defines_nothing "$static" --extern-only

for target in i686-elf thumbv7m-none-eabi riscv32-elf msp430 wasm32; do
    [ "$clang" ] && claim "the sizes are as promised, $target" layout clang \
        "--target=$target -std=c11 -ffreestanding -DTHREAD_LOCK_NO_WAIT"
done
if have i686-linux-gnu-gcc 'gcc-i686-linux-gnu libc6-dev-i386-cross'; then
    claim 'the sizes are as promised, 32-bit Linux' \
        layout i686-linux-gnu-gcc -std=c11
    for port in LINUX C11; do
        claim "use.c runs: PORT_$port, 32-bit Linux" program \
            i686-linux-gnu-gcc "-std=c11 $warn -DTHREAD_LOCK_PORT_$port" \
            -static $thread $async lock.h async_lock.h
    done
fi

avr="-mmcu=atmega328p -pedantic"
if have avr-gcc 'gcc-avr avr-libc'; then
    claim 'the sizes are as promised, 2-byte words' \
        layout avr-gcc "$avr -std=c11 -DTHREAD_LOCK_NO_WAIT"
    claim 'async_lock.h needs no library, avr-gcc' \
        freestanding avr-gcc "$avr" $async async_lock.h
fi
have tcc tcc && claim 'async_lock.h runs, tcc' \
    program tcc -Wall '' $async async_lock.h
# -z: pcc's own crtend.o does not say that its stack is not for code.
have pcc pcc && claim 'async_lock.h runs, pcc' \
    program pcc -Wall -Wl,-z,noexecstack $async async_lock.h

orders='lock.h async_lock.h
async_lock.h lock.h'

# In both orders, and both before and after what WORDs include.
surrounded_by() {   # NAME WORD...
    local name=$1 order cc
    shift
    while read -r order; do
        for cc in gcc $clang; do
            # shellcheck disable=SC2086
            claim "$name, C, $cc: $order" \
                program "$cc" "$c11" '' "$@" $thread $async $order
        done
        for cc in $gxx $clangxx; do
            # shellcheck disable=SC2086
            claim "$name, C++, $cc: $order" \
                program "$cc" "-std=c++11 $warn_cxx" '' \
                "$@" $thread $async $order
        done
        # shellcheck disable=SC2086
        claim "$order, then $name" \
            program gcc "$c11" '' $thread $async $order "$@"
    done <<<"$orders"
}

surrounded_by "macros named lock, L, min, other people's LOCK_OK" hostile.h
for port in $ports; do
    # shellcheck disable=SC2086
    claim "macros named lock, L, min, and $port" program gcc \
        "$c11 $(flags_of "$port")" '' hostile.h $thread $async $both
done
surrounded_by sys/file.h _GNU_SOURCE=1 sys/file.h
if have_header X11/Xutil.h libx11-dev; then
    surrounded_by X11 X11/X.h X11/Xlib.h X11/Xutil.h
fi

mingw=x86_64-w64-mingw32-gcc
if have $mingw gcc-mingw-w64-x86-64-win32; then
    while read -r order; do
        # shellcheck disable=SC2086
        claim "windows.h, C, mingw: $order" compile unit.o $mingw "$c11" \
            windows.h $thread $async $order use.c
        # shellcheck disable=SC2086
        claim "$order, then windows.h" compile unit.o $mingw "$c11" \
            $thread $async $order windows.h use.c
        # shellcheck disable=SC2086
        [ "$clangxx" ] && claim "windows.h, C++, $clangxx: $order" \
            compile unit.o $clangxx \
            "--target=x86_64-windows-gnu -std=c++11 $warn_cxx" \
            windows.h $thread $async $order use.c
    done <<<"$orders"
fi

for cc in gcc $clang; do
    claim "an unknown system is told what to define, $cc" \
        stops_naming "$cc" '-std=c11 -U__linux__ -U__unix__' lock.h \
        THREAD_LOCK_PORT_C11 THREAD_LOCK_PORT_PTHREAD \
        THREAD_LOCK_PORT_CUSTOM THREAD_LOCK_NO_WAIT
done
claim 'Linux gets the futex' chooses_port linux gcc ''
claim 'a forced port wins' chooses_port c11 gcc -DTHREAD_LOCK_PORT_C11
while read -r port target; do
    [ "$clang" ] && claim "$target gets the port $port" \
        chooses_port "$port" clang "--target=$target -ffreestanding"
done <<'EOF'
pthread x86_64-freebsd
pthread x86_64-dragonfly
pthread wasm32-emscripten
pthread arm64-apple-macos
pthread x86_64-netbsd
pthread x86_64-haiku
win32 x86_64-windows-gnu
EOF

wait
tap=$([ $claims = 0 ] || cat "$build"/*/tap)
echo "$tap"

if [[ sizes =~ $only ]]; then
    for port in $ports; do
        print_code_size gcc "$(flags_of "$port")" $thread lock.h
    done
    print_code_size gcc '' $async async_lock.h
    command -v avr-gcc >/dev/null &&
        print_code_size avr-gcc "$avr" $async async_lock.h
fi

failed=$(grep -c '^not ok' <<<"$tap")
echo "# form: $claims claims, $failed of them wrong"
[ "$claims" -gt 0 ] && [ "$failed" = 0 ]
