# For orders.sh and broken.sh, which run from the project's root. They take the
# header as it is when they begin.

CC=${MODEL_CC:-gcc}
if ! command -v "$CC" >/dev/null; then
    echo "# skipped: gcc is not installed (apt-get install gcc)"
    exit 0
fi
base=build/model/base
mkdir -p $base
cp lock.h $base/lock.h

# dir: what the explored ports see of its lock.h
preprocessed()
{
    for port in LINUX C11; do
        "$CC" -E -P -DTHREAD_LOCK_STATIC -DTHREAD_LOCK_PORT_$port \
            -include "$1/lock.h" -x c /dev/null
    done
}

# dir, options: the first scenario that fails, how many more do, and why
first_failure()
{
    dir=$1
    shift
    for port in linux c11 awake; do
        timeout 300 "$dir/model_$port" --brief "$@" ||
            [ $? -eq 1 ] || echo "not ok - model $port: all: a crash or a hang"
    done | awk '
        /^not ok/ && n++ == 0 {
            name = $6 " (" $5 ")"
            gsub(":", "", name)
            getline
            why = substr($0, 3)
        }
        END { if (n) print name " and " n - 1 " more: " why }'
}

# dir: who finds fault with its lock.h
caught_by()
{
    make -s -f tests/model/model.mk MODEL_LOCK="$1" MODEL_OUT="$1" \
        "$1/model_linux" "$1/model_c11" "$1/model_awake" >&2 || return 1
    by=$(first_failure "$1" --quick)
    [ -n "$by" ] || by=$(first_failure "$1")
    echo "$by"
}
