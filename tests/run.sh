#!/bin/sh
# Run the test programs that are named, each of which reports in TAP, and close
# with a count. A program that fails without saying which test counts as one
# failed, and so does one that runs none, unless it says what it lacks.
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
    grep -q '^# skipped' "$log" && may_be_empty=1 || may_be_empty=0
    if [ "$bad" -eq 0 ] && { [ "$status" -ne 0 ] ||
        [ $((good + may_be_empty)) -eq 0 ]; }; then
        echo "# $program: status $status, $good tests passed" >>"$log"
        bad=1
    fi
    name=$(basename "$program" .sh)
    echo "${name%% *}: $good passed, $bad failed"
    grep '^# skipped' "$log"
    [ "$bad" -eq 0 ] || grep -v '^ok ' "$log"
    passed=$((passed + good)) failed=$((failed + bad))
done
echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
