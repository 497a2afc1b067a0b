#!/bin/sh
# Run the test programs that are named, each of which reports in TAP, and close
# with a count. A program that fails without saying which test, or runs none,
# counts as one failed.
passed=0 failed=0
log=$(mktemp)
trap 'rm -f "$log"' EXIT

for program in "$@"; do
    case $program in
    *.sh | *exhaustive | */model_*) options= ;;
    */tests/*) options="--tap=- --quiet --timeout 60" ;;
    esac
    # shellcheck disable=SC2086 - a program may be a command with arguments
    timeout 600 $program $options >"$log" 2>&1
    status=$?
    good=$(grep -c '^ok ' "$log")
    bad=$(grep -c '^not ok ' "$log")
    if [ "$bad" -eq 0 ] && { [ "$status" -ne 0 ] || [ "$good" -eq 0 ]; }; then
        echo "# $program: status $status, $good tests passed" >>"$log"
        bad=1
    fi
    echo "$(basename "${program%% *}" .sh): $good passed, $bad failed"
    grep '^# skipped' "$log"
    [ "$bad" -eq 0 ] || grep -v '^ok ' "$log"
    passed=$((passed + good)) failed=$((failed + bad))
done
echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
