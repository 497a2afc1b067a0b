# For scripts that test: claim TEXT COMMAND... reports in TAP whether the command
# succeeds; what it says explains its failure. Needs $suite and a directory $out,
# and leaves 1 in $status if any failed.
status=0

claim()
{
    text=$1
    shift
    if "$@" >"$out/why" 2>&1; then
        echo "ok - $suite: $text"
    else
        echo "not ok - $suite: $text"
        head -n 40 "$out/why" | sed 's/^/# /'
        status=1
    fi
}
