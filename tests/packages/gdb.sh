#!/bin/sh
# tools/lock-gdb.py says what is so: gdb prints the locks of parked.c, which
# stands still, and of its core file, as gdb.expected has it: a command after
# each >, and below that what it prints.
out=${B:-build}/gdb
rm -rf "$out"
mkdir -p "$out"
: "${CC:=cc}"
: "${CFLAGS:=-std=c11 -O2 -g -Wall -Wextra -Wpedantic -Wconversion
    -Wsign-conversion -Wshadow -Wundef -Wstrict-prototypes -Wcast-qual -Werror}"
expected=tests/packages/gdb.expected
suite=gdb
. tests/claim.sh

if ! command -v gdb >/dev/null; then
    echo '# skipped: gdb is not installed (apt-get install gdb)'
    exit 0
fi
if ! gdb -nx -batch -ex run /bin/true 2>&1 | grep -q 'exited normally'; then
    echo '# skipped: gdb is not allowed to trace a process here'
    exit 0
fi

run_gdb()   # run_gdb NAME ARGUMENT...: the commands of NAME
{
    name=$1
    shift
    timeout 60 gdb -nx -batch -x "$out/$name.gdb" "$@" >"$out/$name" 2>&1
}

# What lies between two marks, without what differs from run to run, and without
# what gdb has to say of registers in a core file.
said()      # said NAME
{
    sed -n '/^> /,/^> end$/p' "$out/$1" |
        sed 's/^\$[0-9]* = //; s/(LWP [0-9]*)/(LWP N)/
            /^> end$/d; /^warning: Unexpected size of section/d'
}

compiles()
{
    # shellcheck disable=SC2086 # flags are words
    $CC $CFLAGS "$@" -I. -pthread tests/packages/parked.c -o "$out/parked"
}

is_as_expected()    # is_as_expected NAME PROGRAM [CORE]
{
    run_gdb "$@"
    said "$1" | diff "$expected" - && return
    tail -n 5 "$out/$1"
    return 1
}

notices_a_broken_queue()
{
    run_gdb broken "$out/parked"
    said broken
    said broken | grep -q '^held, 1 waits, then the queue is broken: '
}

names_all_bits()
{
    grep -F 'held, its queue is being edited, no one waits' "$out/broken"
}

crashes()
{
    rm -f "$out"/core*
    (cd "$out" && ulimit -c unlimited && ./parked crash) && return 1
    mv "$out"/core* "$out/crash"
}

says_what_to_type()
{
    grep -q '^lock-queue: .*lock-queue LOCK.*print LOCK' "$out/live"
}

refuses_what_is_no_lock()
{
    grep -F 'number is no lock' "$out/broken"
}

# Ask what is expected, with a mark before each command.
asked=$(sed -n 's/^> \(.*\)/echo > \1\\n\n\1/p' "$expected")
begin='set pagination off
source tools/lock-gdb.py'
stop='break all_is_set
run'

printf '%s\n' "$begin" "$stop" "$asked" 'echo > end\n' "gcore $out/core" \
    kill >"$out/live.gdb"
printf '%s\n' "$begin" "$asked" 'echo > end\n' >"$out/dead.gdb"
printf '%s\n' "$begin" "$stop" \
    'set var ((struct thread_lock_waiter *)(queued.word & ~7))->next = 0' \
    'echo > print queued\n' 'print queued' 'echo > end\n' \
    'set var nobodys.word = 3' 'lock-queue nobodys' 'lock-queue number' \
    >"$out/broken.gdb"

case $(cat /proc/sys/kernel/core_pattern 2>/dev/null) in
core | core.%p) crash=crashes ;;
*) crash='' ;;
esac
[ "$crash" ] || echo '# skipped: a crash leaves no core file where it happens'

for level in -O2 -O3 -O0; do
    claim "compiled with $level -g" compiles "$level"
    claim "a live process, $level" is_as_expected live "$out/parked"
    claim "its core file, $level" is_as_expected dead "$out/parked" "$out/core"
    [ "$crash" ] || continue
    claim "it crashes, $level" crashes
    claim "the core file of the crash, $level" \
        is_as_expected dead "$out/parked" "$out/crash"
done
claim 'it says what to type' says_what_to_type
claim 'a queue that was overwritten is said to be broken' notices_a_broken_queue
claim 'an edit is told' names_all_bits
claim 'what is no lock is refused' refuses_what_is_no_lock
exit "$status"
