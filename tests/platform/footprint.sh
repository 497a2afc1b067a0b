#!/usr/bin/env bash
# Print, as a table in Markdown, what the headers need: bytes of code (-Os), of
# memory for each lock and each waiter, and of stack.
#
#     tests/platform/footprint.sh
#
# The code is all of a header's, with nothing left out; lock.h without its port.
# The stack is the deepest of all operations of the async lock, with their
# caller's frame, as painted and read back in an emulator, for 10 waiters and
# for 1000.

set -u
cd "$(dirname "$0")/../.." || exit 1

root=$PWD
firmware=$root/examples/firmware
build=${BUILD:-build/platform}/footprint
rm -rf "$build" && mkdir -p "$build" && cd "$build" || exit 1

have() {            # TOOL PACKAGE
    command -v "$1" >/dev/null && return
    echo "# skipped: $1 is not installed (apt-get install $2)" >&2
    return 1
}

bytes_of_code() {   # COMPILER TOOL_PREFIX FLAGS... ; the file on stdin
    local cc=$1 prefix=$2
    shift 2
    $cc -std=c11 -Os -ffreestanding -I"$root" "$@" -x c - -c -o code.o || return
    "${prefix}size" -A code.o |
        awk '/^\.(text|rodata)/ { n += $2 } END { print n }'
}

async_code() {
    printf '#define ASYNC_LOCK_IMPLEMENTATION\n#include "async_lock.h"\n' |
        bytes_of_code "$@"
}

no_wait_code() {
    printf '%s\n' '#include <stdint.h>' \
        'extern void thread_lock_port_pause(unsigned n);' \
        'extern uintptr_t thread_lock_port_enter(void);' \
        'extern void thread_lock_port_leave(uintptr_t mask);' \
        '#define THREAD_LOCK_PORT_CUSTOM' '#define THREAD_LOCK_NO_WAIT' \
        '#define THREAD_LOCK_IMPLEMENTATION' '#include "lock.h"' |
        bytes_of_code "$@"
}

# A port that is somewhere else.
full_code() {
    printf '%s\n' '#define THREAD_LOCK_PORT_CUSTOM' '#include "lock.h"' \
        'struct thread_lock_parker { void *task; bool woken; };' \
        'extern enum lock_error' \
        'thread_lock_port_init(struct thread_lock_parker *p);' \
        'extern void thread_lock_port_destroy(struct thread_lock_parker *p);' \
        'extern int64_t thread_lock_port_now(void);' \
        'extern enum lock_error' \
        'thread_lock_port_park(struct thread_lock_parker *p, int64_t until);' \
        'extern void thread_lock_port_unpark(struct thread_lock_parker *p);' \
        'extern void thread_lock_port_pause(unsigned n);' \
        'extern uintptr_t thread_lock_port_enter(void);' \
        'extern void thread_lock_port_leave(uintptr_t mask);' \
        '#define THREAD_LOCK_IMPLEMENTATION' '#include "lock.h"' |
        bytes_of_code "$@"
}

# "5 words" by the target's own sizes: the size of an array of so many bytes.
size_of() {         # TYPE HEADER COMPILER TOOL_PREFIX FLAGS...
    local type=$1 header=$2 cc=$3 prefix=$4
    shift 4
    printf '%s\n' '#define THREAD_LOCK_NO_WAIT' "#include \"$header\"" \
        "char size_of[sizeof(struct $type)] = {1};" |
        $cc -std=c11 -Os -ffreestanding -I"$root" "$@" -x c - -c -o size.o &&
        printf '%d' "0x$("${prefix}nm" -S size.o |
            awk '$NF == "size_of" { print $2 }')"
}

row() {             # NAME STACK THREADS COMPILER TOOL_PREFIX FLAGS...
    local name=$1 stack=$2 threads=$3
    shift 3
    local thread='- | - | - | -'
    [ "$threads" = yes ] &&
        thread="$(no_wait_code "$@") | $(full_code "$@") | \
$(size_of thread_lock lock.h "$@") | $(size_of thread_lock_waiter lock.h "$@")"
    echo "| $name | $(async_code "$@")" \
        "| $(size_of async_lock async_lock.h "$@")" \
        "| $(size_of async_lock_waiter async_lock.h "$@") | $stack | $thread |"
}

# The numbers for 10 and for 1000 waiters: one, if they are the same.
depth() {
    grep -a 'bytes deep' | tr -cd '0-9 \n' |
        awk '{ print $(NF - 1) == $NF ? $NF : $(NF - 1) " to " $NF }'
}

bare="-std=c11 -Os -ffreestanding -nostdlib -I$root -I$firmware"
deep=$root/tests/platform/stack_depth.c

# 1000 waiters need more RAM than the smallest boards have.
cortex_depth() {    # CPU
    sed 's/LENGTH = 16K/LENGTH = 64K/' "$firmware/cortex-m.ld" >big.ld
    # shellcheck disable=SC2086
    arm-none-eabi-gcc $bare -mcpu="$1" -mthumb -T big.ld \
        "$firmware/cortex-m.c" "$deep" -o elf -lgcc &&
        timeout 20 qemu-system-arm -M mps2-an385 -nographic -monitor none \
            -serial none -semihosting-config enable=on,target=native \
            -kernel elf </dev/null 2>&1 | depth
}

riscv_depth() {
    # shellcheck disable=SC2086
    riscv64-unknown-elf-gcc $bare -march=rv32imac_zicsr -mabi=ilp32 \
        -mcmodel=medany -Wl,--no-warn-rwx-segments -T "$firmware/riscv.ld" \
        "$firmware/riscv.c" "$deep" -o elf -lgcc &&
        timeout 20 qemu-system-riscv32 -M virt -bios none -nographic \
            -monitor none -serial none \
            -semihosting-config enable=on,target=native -kernel elf \
            </dev/null 2>&1 | depth
}

avr_depth() {
    avr-gcc -std=c11 -Os -mmcu=atmega1284p -I"$root" -I"$firmware" \
        "$firmware/avr.c" "$deep" -o elf &&
        timeout 60 simavr -m atmega1284p -f 16000000 elf 2>&1 |
        sed 's/\x1b\[[0-9;]*m//g' | depth
}

host_depth() {
    gcc -std=c11 -Os -I"$root" -I"$firmware" "$deep" \
        "$root/tests/platform/hosted.c" -o elf && ./elf | depth
}

echo '| | async_lock.h | a lock | a waiter | stack |' \
    'lock.h, NO_WAIT | lock.h, all | a lock | a waiter |'
echo '|---|---|---|---|---|---|---|---|---|'
if have arm-none-eabi-gcc gcc-arm-none-eabi &&
    have qemu-system-arm qemu-system-arm; then
    row Cortex-M0 "$(cortex_depth cortex-m0)" yes \
        arm-none-eabi-gcc arm-none-eabi- -mcpu=cortex-m0 -mthumb
    row Cortex-M3 "$(cortex_depth cortex-m3)" yes \
        arm-none-eabi-gcc arm-none-eabi- -mcpu=cortex-m3 -mthumb
fi
if have avr-gcc 'gcc-avr avr-libc' && have simavr simavr; then
    row AVR "$(avr_depth)" no avr-gcc avr- -mmcu=atmega1284p
fi
if have riscv64-unknown-elf-gcc gcc-riscv64-unknown-elf &&
    have qemu-system-riscv32 qemu-system-misc; then
    row RV32IMAC "$(riscv_depth)" yes \
        riscv64-unknown-elf-gcc riscv64-unknown-elf- \
        -march=rv32imac_zicsr -mabi=ilp32
fi
row x86-64 "$(host_depth)" yes gcc ''
echo
echo 'All in bytes; lock.h without its port, and without the arithmetic on a' \
    'double that acquire_ex needs from the compiler where the processor has' \
    'none, and which is gone where acquire_ex is not used.'
