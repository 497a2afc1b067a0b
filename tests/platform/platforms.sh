#!/usr/bin/env bash
# Both headers on other systems, processors and compilers: built there, and run
# where there is an emulator.
#
#     tests/platform/platforms.sh [PATTERN]     only the targets that match
#
# One line for each target: what ran on it, bytes of code (-Os), seconds. What a
# missing tool leaves out is said, with the package that has it.
#
#     BUILD   where to build (default: build/platform)
#     JOBS    how many targets at a time (default: one a processor)
#     CFLAGS  for the suites

set -u
cd "$(dirname "$0")/../.." || exit 1

root=$PWD
here=$root/tests/platform
firmware=$root/examples/firmware
build=${BUILD:-build/platform}
only=${1:-.}
targets=0

mkdir -p "$build" && rm -rf "$build"/[0-9]* || exit 1
build=$(cd "$build" && pwd)
: "${JOBS:=$(nproc 2>/dev/null || echo 2)}"

warn='-Wall -Wextra -Wpedantic -Wconversion -Wsign-conversion -Wshadow -Wundef
      -Wstrict-prototypes -Wcast-qual -Werror'
: "${CFLAGS:=-std=c11 -O2 -g $warn}"

bare="-std=c11 -Os $warn -ffreestanding -nostdlib
      -ffunction-sections -Wl,--gc-sections -I$root -I$firmware"

# ---------------------------------------------------------------------------
# How a target is tried

# Run FUNCTION for NAME in a directory of its own, if all TOOLS are installed
# (each tool:package,package). What it leaves in $said is told of it.
target() {          # NAME TOOLS FUNCTION ARGUMENT...
    local name=$1 tools=$2 tool packages
    shift 2
    [[ $name =~ $only ]] || return 0
    for tool in $tools; do
        command -v "${tool%%:*}" >/dev/null && continue
        packages=${tool#*:}
        echo "# skipped: $name: ${tool%%:*} is not installed" \
            "(apt-get install ${packages//,/ })"
        return 0
    done
    while [ "$(jobs -pr | wc -l)" -ge "$JOBS" ]; do
        wait -n
    done
    targets=$((targets + 1))
    try "$build/$(printf %02d $targets)" "$name" "$@" &
}

try() {             # DIRECTORY NAME FUNCTION ARGUMENT...
    local dir=$1 name=$2 said='' start=$SECONDS status
    shift 2
    mkdir "$dir" && cd "$dir" || exit
    ("$@" && echo "$said" >said) >log 2>&1 </dev/null
    status=$?
    if [ $status = 0 ]; then
        echo "ok - platforms: $name # $(cat said); $((SECONDS - start)) s"
    else
        touch "$build/failed"
        {   # in one write, for others write too
            echo "not ok - platforms: $name # status $status"
            grep -v '^ok ' log | tail -n 20 | sed 's/^/# /'
        } >tap
        cat tap
    fi
}

code_size() {       # TOOL_PREFIX FILE...
    "$1size" -A "${@:2}" |
        awk '/^\.(text|rodata|vectors)/ { n += $2 } END { print n + 0 }'
}

# ---------------------------------------------------------------------------
# Systems with threads: the suites, statically linked

suites='async_loop async_no_loop thread_linux thread_c11 thread_pthread
        thread_custom'

# A test ends itself when it has taken a minute. An emulated processor may need
# longer, so that alarm is ignored, and `timeout` stands in for it.
run_suite() {       # COMMAND...
    timeout "${limit:-300}" env --ignore-signal=ALRM "$@" >tap 2>&1 || {
        cat tap
        return 1
    }
    tests=$((tests + $(grep -c '^ok ' tap)))
}

header_sizes() {    # COMPILER TOOL_PREFIX FLAGS...
    local cc=$1 prefix=$2
    shift 2
    for header in async_lock lock; do
        {
            echo "#define ASYNC_LOCK_IMPLEMENTATION"
            echo "#define THREAD_LOCK_IMPLEMENTATION"
            echo "#include \"$header.h\""
        } >$header.c
        $cc -std=c11 -Os -I"$root" "$@" -c $header.c || return
        said="$said, $header.h $(code_size "$prefix" $header.o)"
    done
    said="$said bytes"
}

hosted() {          # COMPILER TOOL_PREFIX RUNNER
    local cc=$1 prefix=$2 runner=$3 suite tests=0 n=0
    for suite in $suites; do
        # shellcheck disable=SC2086
        $cc $CFLAGS -D_GNU_SOURCE -DPLAIN -I"$root" -I"$root/tests" \
            -I"$here/freertos" -static -pthread \
            "$root/tests/$suite.c" -o $suite || return
        # shellcheck disable=SC2086
        run_suite $runner ./$suite || return
        n=$((n + 1))
    done
    # A fork of busy threads may hang in qemu itself: in the child, no thread is
    # left to give back the locks of its memory.
    # shellcheck disable=SC2086
    $cc $CFLAGS -D_GNU_SOURCE -I"$root" -I"$root/tests" -static -pthread \
        ${runner:+-DFORKS=0} "$root/tests/torture.c" -o torture || return
    # shellcheck disable=SC2086
    run_suite $runner ./torture 3 || return
    said="$n suites and a torture, $tests tests"
    header_sizes "$cc" "$prefix"
}

# The branch for macOS, on Linux with a stand-in for what that lacks.
macos_branch() {
    local tests=0
    # shellcheck disable=SC2086
    gcc $CFLAGS -D_GNU_SOURCE -DPLAIN -D__APPLE__ -I"$root" -I"$root/tests" \
        -pthread "$root/tests/thread_pthread.c" "$here/apple.c" -o suite &&
        run_suite ./suite && said="1 suite, $tests tests"
}

# The suites need <sys/mman.h>, of which a part stands in for Windows, and
# alarm, which `timeout` replaces.
windows() {
    local cc=x86_64-w64-mingw32-gcc suite
    for suite in async_loop async_no_loop thread_win32; do
        # shellcheck disable=SC2086
        $cc $CFLAGS -DPLAIN '-Dalarm(seconds)=((void)0)' -I"$root" \
            -I"$root/tests" -I"$here/win32" "$root/tests/$suite.c" \
            -static -lpthread -lsynchronization -o $suite.exe || return
    done
    said="3 suites, compiled"
    header_sizes $cc x86_64-w64-mingw32-
}

wine64=/usr/lib/wine/wine64

on_wine() {
    local tests=0 suite
    windows || return
    export WINEPREFIX=$build/wine WINEDEBUG=-all WINEDLLOVERRIDES=mscoree,mshtml=
    for suite in *.exe; do
        run_suite $wine64 "$suite" || return
    done
    said="3 suites, $tests tests"
}

# WebAssembly's threads are workers, here those of node. There are no processes,
# and no signals: alarm does nothing, and pthread_kill brings the program down.
em_cc() {           # OUTPUT SOURCE FLAGS...
    # shellcheck disable=SC2086
    NODE_PATH=${NODE_PATH:-/usr/share/nodejs} emcc $CFLAGS -D_GNU_SOURCE \
        -DPLAIN -I. -I"$root" -I"$root/tests" -I"$here/freertos" -pthread \
        -sINITIAL_MEMORY=64MB -sPTHREAD_POOL_SIZE=20 -sPROXY_TO_PTHREAD \
        -sEXIT_RUNTIME=1 "${@:3}" "$2" -o "$1"
}

em_run() {          # PROGRAM ARGUMENT...
    limit=120 run_suite node --no-experimental-fetch "$@"
}

emscripten() {
    local tests=0 n=0 suite port
    for suite in async_loop async_no_loop thread_c11 thread_pthread \
        thread_custom; do
        case $suite in
        async*) em_cc $suite.js "$root/tests/$suite.c" ;;
        *)      em_cc $suite.js "$here/no_signals.c" \
                    "-DSUITE_FILE=\"$suite.c\"" ;;
        esac && em_run $suite.js || return
        n=$((n + 1))
    done
    for port in C11 PTHREAD; do
        em_cc $port.js "$root/tests/torture.c" -DTHREAD_LOCK_PORT_$port \
            "$here/no_kill.c" && em_run $port.js 3 || return
    done
    said="$n suites and a torture on two ports, $tests tests, without signals"
}

# ---------------------------------------------------------------------------
# Bare metal: the firmware examples. Each exits with how it went.

icount='-icount shift=2,sleep=off'

cortex_gcc() {      # CPU SOURCE...
    # shellcheck disable=SC2086
    arm-none-eabi-gcc $bare -mcpu="$1" -mthumb -T "$firmware/cortex-m.ld" \
        "$firmware/cortex-m.c" "${@:2}" -o elf -lgcc
}

# clang warns of the calls that atomics-m0.c is there for.
cortex_clang() {    # CPU SOURCE...
    # shellcheck disable=SC2086
    clang $bare -Wno-atomic-alignment --target=arm-none-eabi -mcpu="$1" \
        -mthumb -mfloat-abi=soft -fuse-ld=lld-14 \
        -Wl,-T,"$firmware/cortex-m.ld" "$firmware/cortex-m.c" "${@:2}" -o elf
}

qemu_arm() {        # MACHINE
    # shellcheck disable=SC2086
    timeout 20 qemu-system-arm -M "$1" $icount -nographic -monitor none \
        -serial none -semihosting-config enable=on,target=native -kernel elf
}

# A Cortex-M0 has no compare-and-swap but the one that we bring.
cortex() {          # COMPILE TOOL_PREFIX CPU MACHINE
    local compile=$1 prefix=$2 cpu=$3 machine=$4 atomics='' seed size
    [ "$cpu" = cortex-m0 ] && atomics=$firmware/atomics-m0.c
    $compile "$cpu" "$firmware/bus.c" && qemu_arm "$machine" || return
    size="bus $(code_size "$prefix" elf)"
    # shellcheck disable=SC2086
    $compile "$cpu" "$firmware/interrupt.c" $atomics &&
        qemu_arm "$machine" || return
    size="$size, interrupt $(code_size "$prefix" elf)"
    for seed in 1 2 3 4 5 6 7 8; do
        # shellcheck disable=SC2086
        $compile "$cpu" -DSEED=$seed "$firmware/tasks.c" \
            "$firmware/scheduler.c" $atomics && qemu_arm "$machine" || return
    done
    said="$size, tasks $(code_size "$prefix" elf) bytes"
}

riscv_flags="-mabi=ilp32 -mcmodel=medany"

riscv_gcc() {       # SOURCE...
    # All of it lies in one RAM, for reading, writing and running.
    # shellcheck disable=SC2086
    riscv64-unknown-elf-gcc $bare -march=rv32imac_zicsr $riscv_flags \
        -Wl,--no-warn-rwx-segments -T "$firmware/riscv.ld" \
        "$firmware/riscv.c" "$@" -o elf -lgcc
}

riscv_clang() {     # SOURCE...
    # shellcheck disable=SC2086
    clang $bare --target=riscv32-none-elf -march=rv32imac $riscv_flags \
        -mno-relax -fuse-ld=lld-14 -Wl,-T,"$firmware/riscv.ld" \
        "$firmware/riscv.c" "$@" -o elf
}

qemu_riscv() {
    timeout 20 qemu-system-riscv32 -M virt -smp 2 -bios none -nographic \
        -monitor none -serial none \
        -semihosting-config enable=on,target=native -kernel elf
}

harts() {           # COMPILE TOOL_PREFIX
    "$1" "$firmware/harts.c" && qemu_riscv || return
    said="harts $(code_size "$2" elf) bytes"
}

# simavr's own exit status is always 0: the program says how it went.
avr() {
    # shellcheck disable=SC2086
    avr-gcc -std=c11 -Os $warn -mmcu=atmega328p -I"$root" -I"$firmware" \
        "$firmware/avr.c" "$firmware/bus.c" -o elf &&
        timeout 20 simavr -m atmega328p -f 16000000 elf >out 2>&1
    grep 'readings' out && grep -q 'exit 0' out || return
    said="bus $(code_size avr- elf) bytes"
}

# ---------------------------------------------------------------------------
# Negative controls: what is broken is noticed

# A program of which a sed script has changed a FILE must fail.
control() {         # ON FILE SCRIPT SOURCE...
    local on=$1 file=$2 script=$3
    shift 3
    cp "$root"/*.h "$firmware"/*.[ch] . && sed -i "$script" "$file" || return
    cmp -s "$file" "$root/$file" && return 1
    cmp -s "$file" "$firmware/$file" && return 1
    "$on" "$@"
    case $? in
    0)   return 1 ;;
    124) said='caught: it hangs' ;;
    *)   said='caught' ;;
    esac
}

# The changed copies, in this directory, come before the originals: a file finds
# its includes beside itself. What does not build proves nothing: status 0.
on_cortex() {       # SOURCE...
    cortex_clang cortex-m3 "$@" || return 0
    qemu_arm mps2-an385
}

on_riscv() {        # SOURCE...
    riscv_clang "$@" || return 0
    qemu_riscv
}

on_emscripten() {   # SOURCE
    local tests=0
    em_cc torture.js "$root/tests/$1" "$here/no_kill.c" || return 0
    em_run torture.js 3
}

# ---------------------------------------------------------------------------
# Compilers

freestanding() {    # COMPILER FLAGS...
    # shellcheck disable=SC2086
    {
        printf '#define ASYNC_LOCK_IMPLEMENTATION\n#include "async_lock.h"\n' \
            >async.c &&
            $1 -std=c11 -Os $warn -ffreestanding -I"$root" "${@:2}" -c async.c
    } || return
    said="async_lock.h"
}

with_no_wait() {    # COMPILER FLAGS...
    freestanding "$@" || return
    {
        echo '#define THREAD_LOCK_NO_WAIT'
        echo '#define THREAD_LOCK_IMPLEMENTATION'
        echo '#include "lock.h"'
    } >thread.c
    # shellcheck disable=SC2086
    $1 -std=c11 -Os $warn -ffreestanding -I"$root" "${@:2}" -c thread.c ||
        return
    said="async_lock.h, lock.h with NO_WAIT: compiled"
}

without_lock() {    # COMPILER FLAGS...
    freestanding "$@" && said="async_lock.h: compiled"
}

tiny() {            # COMPILER FLAGS...
    "$@" -I"$root" "$here/tiny.c" -o tiny && [ "$(./tiny)" = passed ] || return
    said="tiny"
}

simulated() {       # PORT FLAGS SIMULATOR...
    local port=$1 flags=$2
    shift 2
    # shellcheck disable=SC2086
    sdcc -m"$port" --std-c11 $flags -I"$root" "$here/tiny.c" -o tiny.ihx &&
        timeout 20 "$@" -b -q -G tiny.ihx >out 2>&1
    grep -qx 'passed' out || { cat out; return 1; }
    said="tiny"
}

# ---------------------------------------------------------------------------
# What a header shows is what is tested

# The indented lines of a header's section, without the blank ones.
shown() {           # FROM TO
    sed -n "/$1/,/$2/p" "$root/lock.h" | sed -n 's/^       //p'
}

same_custom_port() {
    sed -n '/>>custom/,/<<custom/p' "$root/tests/thread_custom.c" |
        grep -v '[<>]custom' | grep . >tested
    shown '^>>custom' '^   THREAD_LOCK_SPIN as 0' >as_shown
    [ -s as_shown ] && diff as_shown tested &&
        said="$(wc -l <as_shown) lines"
}

same_interrupt_port() {
    sed -n '/>>port/,/#define/p' "$firmware/interrupt.c" |
        grep -v '>>port\|#define' | grep . >tested
    shown '^   Without an RTOS' '\*\/$' | sed 's/ *\*\/$//' >as_shown
    [ -s as_shown ] && diff as_shown tested &&
        said="$(wc -l <as_shown) lines"
}

misra() {
    BUILD=$PWD/misra "$here/misra.sh" || return
    said=$(tail -n 1 log) && said="${said#*: }, as listed"
}

# ---------------------------------------------------------------------------
# The targets

rm -f "$build/failed"

target 'the custom port in lock.h is the one that is tested' '' same_custom_port
target 'the port with interrupts in lock.h is the one that is tested' '' \
    same_interrupt_port

target 'MISRA C:2012, async_lock.h' 'cppcheck:cppcheck python3:python3' misra
target 'Linux x86-64, musl, musl-gcc' musl-gcc:musl-tools hosted musl-gcc '' ''
target 'Linux i686, gcc' \
    'i686-linux-gnu-gcc:gcc-i686-linux-gnu,libc6-dev-i386-cross' \
    hosted i686-linux-gnu-gcc i686-linux-gnu- ''
cross() {           # NAME TRIPLE QEMU LIBC
    target "Linux $1, gcc" "$2-gcc:gcc-$2,$4 $3:qemu-user" \
        hosted "$2-gcc" "$2-" "$3"
}
cross 's390x, big endian' s390x-linux-gnu qemu-s390x libc6-dev-s390x-cross
cross aarch64 aarch64-linux-gnu qemu-aarch64 libc6-dev-arm64-cross
cross armhf arm-linux-gnueabihf qemu-arm libc6-dev-armhf-cross
cross riscv64 riscv64-linux-gnu qemu-riscv64 libc6-dev-riscv64-cross
target 'macOS branch, on Linux, gcc' gcc:gcc macos_branch
mingw=x86_64-w64-mingw32-gcc:gcc-mingw-w64-x86-64-win32
target 'Windows x86-64, mingw gcc' $mingw windows
target 'Windows x86-64, mingw gcc, wine' "$mingw $wine64:wine64" on_wine
emcc='emcc:emscripten node:nodejs'
target 'WebAssembly, emcc, node' "$emcc" emscripten

arm='arm-none-eabi-gcc:gcc-arm-none-eabi qemu-system-arm:qemu-system-arm'
lld='clang:clang ld.lld-14:lld-14'
target 'Cortex-M0, gcc' "$arm" cortex cortex_gcc arm-none-eabi- cortex-m0 \
    microbit
target 'Cortex-M3, gcc' "$arm" cortex cortex_gcc arm-none-eabi- cortex-m3 \
    mps2-an385
target 'Cortex-M4, gcc' "$arm" cortex cortex_gcc arm-none-eabi- cortex-m4 \
    mps2-an386
target 'Cortex-M0, clang' "$lld qemu-system-arm:qemu-system-arm" \
    cortex cortex_clang '' cortex-m0 microbit
target 'Cortex-M3, clang' "$lld qemu-system-arm:qemu-system-arm" \
    cortex cortex_clang '' cortex-m3 mps2-an385
target 'Cortex-M4, clang' "$lld qemu-system-arm:qemu-system-arm" \
    cortex cortex_clang '' cortex-m4 mps2-an386

broken() {          # CLAIM ON FILE SCRIPT SOURCE...
    local tools
    case $2 in
    on_riscv)      tools="$lld qemu-system-riscv32:qemu-system-misc" ;;
    on_emscripten) tools=$emcc ;;
    *)             tools="$lld qemu-system-arm:qemu-system-arm" ;;
    esac
    target "control: $1" "$tools" control "${@:2}"
}
broken 'an async lock that is always free' on_cortex async_lock.h \
    's/if (l->state != ASYNC_LOCK_FREE_)/if (0)/' bus.c
broken 'a loop that keeps one job for two locks' on_cortex bus.c \
    '/^static void post(/,/^}/s/if (first_job == NULL)/if (true)/' bus.c
broken 'an acquire that does not wait' on_cortex lock.h \
    's/return thread_lock_acquire_slow_(l);/return LOCK_EOK;/' \
    tasks.c scheduler.c
broken 'a wake-up that comes before the sleep is dropped' on_cortex tasks.c \
    '/^static.*port_park/,/^}/s/    bool woken;/&\
    p->woken = false;/' tasks.c scheduler.c
broken 'every wake-up is dropped' on_cortex tasks.c \
    '/^static.*port_unpark/,/^}/s/scheduler_wake(p->task);//' \
    tasks.c scheduler.c
broken 'a port that masks nothing' on_cortex tasks.c \
    '/^static.*port_enter/,/^}/s/scheduler_mask()/0/
     /^static.*port_leave/,/^}/s/scheduler_unmask(mask)/(void)mask/' \
    tasks.c scheduler.c
broken 'interrupts are not masked' on_cortex interrupt.c \
    '/^static.*port_enter/,/^}/s/__disable_irq();/(void)__disable_irq;/' \
    interrupt.c
broken 'an acquire that does not wait, on two harts' on_riscv lock.h \
    's/return thread_lock_acquire_slow_(l);/return LOCK_EOK;/' harts.c
broken 'every wake-up is dropped, on two harts' on_riscv harts.c \
    '/^static.*port_unpark/,/^}/s/woken, 1,/woken, 0,/' harts.c
broken 'an acquire that does not wait, in WebAssembly' on_emscripten lock.h \
    's/return thread_lock_acquire_slow_(l);/return LOCK_EOK;/' torture.c

target 'RISC-V, two harts, gcc' \
    'riscv64-unknown-elf-gcc:gcc-riscv64-unknown-elf
     qemu-system-riscv32:qemu-system-misc' \
    harts riscv_gcc riscv64-unknown-elf-
target 'RISC-V, two harts, clang' "$lld qemu-system-riscv32:qemu-system-misc" \
    harts riscv_clang ''
target 'AVR, avr-gcc 5' 'avr-gcc:gcc-avr,avr-libc simavr:simavr' avr

target 'tcc' tcc:tcc tiny tcc -Wall
# pcc's own crtend.o does not say that its stack is not for code.
target 'pcc' pcc:pcc tiny pcc -Wall -Wl,-z,noexecstack
target 'STM8, sdcc' 'sdcc:sdcc sstm8:sdcc-ucsim' simulated stm8 '' \
    sstm8 -tS208 -I 'if=rom[0x7fff]'
target '8051, sdcc' 'sdcc:sdcc s51:sdcc-ucsim' simulated mcs51 \
    '--model-large --stack-auto' s51 -tC52 -I 'if=xram[0x7fff]'
for triple in x86_64-windows-msvc aarch64-windows-msvc wasm32 riscv32 riscv64 \
    hexagon aarch64 armv7-none-eabi mips powerpc64le; do
    target "$triple, clang" clang:clang with_no_wait clang --target=$triple
done
# No atomics without a library on these.
for triple in avr msp430 thumbv6m-none-eabi; do
    target "$triple, clang" clang:clang without_lock clang --target=$triple
done

wait
if [ "$targets" = 0 ]; then
    echo "# platforms: no target was tried"
    exit 1
fi
echo "# platforms: $targets targets"
[ ! -e "$build/failed" ]
