#!/usr/bin/env bash
# That form.sh can fail: every line at the end breaks a copy of a header, and
# the claim that it names, which holds for the header as it is, must not hold.

set -u
cd "$(dirname "$0")/../.." || exit 1

build=build/compile/broken
copy=$build/headers
wrong=0
skipped=''

form() {            # HEADERS PATTERN
    HEADERS=$1 BUILD=$build/form tests/compile/form.sh "$2" \
        >"$build/log" 2>&1
}

breaks() {          # PATTERN HEADER SED-SCRIPT
    rm -rf "$build" && mkdir -p "$copy" && cp lock.h async_lock.h "$copy"
    sed -i -E "$3" "$copy/$2"
    if cmp -s "$2" "$copy/$2"; then
        echo 'nothing was broken' >"$build/log"
    elif ! form . "$1"; then
        if grep -q '# form: 0 claims' "$build/log"; then
            skipped+=$(grep '^# skipped' "$build/log")$'\n' && return
        fi
        echo 'the header as it is fails too' >>"$build/log"
    elif ! form "$copy" "$1" && grep -q '^not ok' "$build/log"; then
        echo "ok - broken: '$1' notices $2 with $3"
        return
    fi
    echo "not ok - broken: '$1' notices $2 with $3"
    sed 's/^/# /' "$build/log" | tail -n 20
    wrong=1
}

t=lock.h a=async_lock.h

breaks 'lines are'        $a '3s/$/ /'
breaks 'version macros'   $t 's/^(#define .*_MINOR) 0/\1 1/'
breaks 'licence'          $a '2s/SPDX.*//'
breaks 'shared blocks'    $a 's/"busy"/"held"/'
breaks 'pass a lock on'   $a 's/^    if .l->state == ASYNC_LOCK_LENT_ .*/    if (l->loop->post == async_lock_post_) {/'
breaks 'analysis passes'  $t 's/release_capability/acquire_capability/'
breaks 'MISSING_RELEASE'  $t 's/THREAD_LOCK_DOES_.acquire_capability.*/;/'
breaks 'WITHOUT_LOCK'     $t 's/capability."lock".//'
breaks 'EMPTY_HANDED'     $t 's/THREAD_LOCK_DOES_.release_capability.*/;/'
breaks 'UNCHECKED'        $t 's/try_acquire_capability.0, /acquire_capability(/'
breaks 'C reserves'       $t 's/thread_lock_guard_/__guard/'
breaks "$t: types"        $t 's/thread_lock_sleeper_/sleeper_/'
breaks "$a: macros"       $a 's/ASYNC_LOCK_DEF_/ASYNC_DEF/'
breaks "$a: functions"    $a 's/async_lock_unqueue_/unqueue/'
breaks "$a: enum"         $a 's/ASYNC_LOCK_LENT_/LENT/'
breaks "example of $t"    $t 's/total \+= 2;/total += 3;/'
breaks "example of $a"    $a 's/"b waits/"b sleeps/'
breaks "gcc: $a$"         $a 's/^#include <stddef.h>//'
breaks "gcc: $a ASYNC"    $a '/^#endif .* ASYNC_LOCK_H_INC/d; $s/$/\n#endif/'
breaks "gcc: ASYNC.* $a $a" $a 's/^#define ASYNC_LOCK_IMPLEMENTATION_INC.*//'
breaks 'gcc: both with'   $a 's/^static (void async_lock_post_)/\1/'
breaks 'STATIC exports'   $a 's/^static (void async_lock_post_)/\1/'
breaks 'only declare def' $a 's/^#if defined ASYNC_LOCK_IMPL.*/#if 1/'
breaks ' g\+\+ and C:'    $t 's/^extern "C" \{/extern "C++" {/'
breaks ' g\+\+: ASYNC'    $a 's/\(struct async_lock \*\)(\(void \*\)job)/\1/'
breaks 'those of C, g'    $t 's/alignas.8./alignas(16)/'
breaks 'PORT_LINUX, gcc'  $t 's/const unsigned pauses/const int pauses/'
breaks 'PORT_C11, gcc'    $t 's/const unsigned pauses/const int pauses/'
breaks 'few: PORT_L'      $t 's/^static (void thread_lock_nap_)/\1/'
breaks 'NO_WAIT, gcc'     $a 's/^(\/\* >>queue \*\/)/static int unused_;\1/'
breaks 'only C11'         $t 's/^extern int nanosleep.*//'
breaks 'debug.*LINUX, gc' $t 's/^static void thread_lock_prin/static int i;&/'
breaks 'the debug.*: .*C11' $a 's/^    async_lock_note_.l, w->si.*/    w = 0;/'
breaks 'debug.*, g.*and C' $t 's/^extern "C" \{/extern "C++" {/'
breaks 'needs a clock'    $t '/^#error.*needs a clock/d'
breaks 'runs: PORT_LINUX' $t 's/return LOCK_ETIMEDOUT;/return LOCK_EBUSY;/'
breaks 'needs no lib.*c$' $a 's/^    l->loop = loop;/&void f(void); f();/'
breaks 'no writable data: PORT_C11, g' $t 's/^    unsigned n;/    static &/'
breaks 'no data, gcc'     $a 's/^    size_t n = 0;/    static size_t n; n = 0;/'
breaks 'promised, gcc'    $a 's/^    struct lock_job job;/&void *more[3];/'
breaks 'runs, tcc'        $a 's/^    enum async_lock_state_ st/_Atomic &/'
breaks 'L, min.*C, gcc'   $a 's/\bl\b/lock/g'
breaks 'L, min.*C, gcc'   $t 's/LOCK_SHARED_BLOCK_INCLUDED/LOCK_H/'
breaks 'L, min.*C, gcc'   $t 's/thread_lock_nap_/lock_handoff/g'
breaks 'L, min.*C, gcc'   $t 's/\bLOCK_ESYSTEM\b/LOCK_ERROR/g'
breaks 'L, min.*g\+\+'    $a 's/\bresult\b/Status/g'
breaks 'L, min.*g: async' $t 's/^#ifndef LOCK_SHARED_BLOCK_IN.*/#ifndef LOCK_T/'
breaks ', then macros'    $t '$s/$/\ntypedef int lock_t;/'
breaks 'min, and PORT_PT' $t 's/\bday\b/interface/g'
breaks 'min, and NO_WAIT' $t 's/\bqueued\b/ERROR/g'
breaks 'sys/file.h, C, g' $a 's/\bfirst\b/LOCK_EX/g'
breaks ', then sys/file.' $a '$s/$/\n#define flock 1/'
breaks 'X11, C, gcc'      $a 's/\bfirst\b/None/g'
breaks 'X11, C\+\+, g'    $a 's/\bjob\b/Success/g'
breaks ', then X11'       $t '$s/$/\n#define Display 1/'
breaks 'windows.h, C, mi' $a 's/\bfirst\b/interface/g'
breaks 'windows.h, C\+\+' $a 's/\bfirst\b/interface/g'
breaks ', then windows.h' $a '$s/$/\n#define HANDLE 1/'
breaks 'unknown.*gcc'     $t 's/, THREAD_LOCK_PORT_CUSTOM, or/ or/'
breaks 'unknown.*gcc'     $t 's/^#elif defined __linux__/#elif 1/'
breaks 'bodies: PORT_LINUX, g' $t 's/\(struct thread_lock_waiter \*\)\(word/(void *)(word/'
breaks 'of the debug build: PORT_C11, g' $t 's/\(const char \*\)thread_lock_peek/(void *)thread_lock_peek/'
breaks 'g.*and C: C uses' $t 's/^extern "C" \{/extern "C++" {/'
breaks 'no header.*g\+\+' $t 's/^#include <stddef.h>/&\n#ifdef __cplusplus\n#include <atomic>\n#endif/'
breaks '^lock.h: debug.*link, gcc' $t 's/^#define thread_lock_cancel .*//'
breaks '^async_lock.h: debug.*, g\+' $a 's/^#define async_lock_cancel_all .*//'
breaks 'with a guard.*, g' $t 's/^#define thread_lock thread_lock_debug_//'
breaks 'ignores.*, gcc'   $t 's/^THREAD_LOCK_MUST_CHECK_ (THREAD_LOCK_API_ )/\1/'
breaks 'ignores.*, clang$' $t 's/__attribute__\(\(warn_unused_result\)\)//'
breaks 'ignores.*, g\+\+' $a 's/^ASYNC_LOCK_MUST_CHECK_$//'
breaks 'no NaN, gcc'      $t 's/u.bits << 1 > .*/timeout_s != timeout_s)/'
breaks 'simulator.*gcc'   $t 's/ \|\| defined TX_API_H//'
breaks 'no floating'      $t 's/\(timeout_ns <= 0\)/((double)timeout_ns <= 0)/'
breaks 'msvc: decl.*, clang -' $t 's/^#if defined __has_attribute/#if defined __GNUC__/'
breaks 'msvc: bodies.*c..11' $a 's/^#include <stddef.h>/&\n#include <stdio.h>/'
breaks 'freebsd gets'     $t 's/ \|\| defined __unix__//'
breaks 'forced port'      $t 's/^#elif defined THREAD_LOCK_PORT_C11/#elif 0/'
breaks 'macos gets'       $t 's/__APPLE__ \|\|/__NeXT__ ||/'

sort -u <<<"$skipped" | grep .
exit $wrong
