#!/bin/sh
# What the README shows is true: each program in it compiles, and prints what
# stands below it; each file it links to exists; each name it calls a function,
# macro or result by is in a header.
out=${B:-build}/readme
mkdir -p "$out"
status=0

claim()     # claim TEXT: report the command before it
{
    if [ $? -eq 0 ]; then echo "ok - readme: $1"; else
        echo "not ok - readme: $1"; status=1; fi
}

awk -v out="$out" '
    /^```c$/    { n++; file = out "/" n ".c"; printf "" >file; next }
    /^```text$/ { file = n && !(n in done) ? out "/" n ".txt" : ""
                  done[n] = 1; next }
    /^```$/     { file = ""; next }
    file        { print >file }' README.md

for program in "$out"/*.c; do
    name=$(basename "$program" .c)
    ${CC:-cc} -std=c11 -Wall -Wextra -Wpedantic -Werror -I. -pthread \
        "$program" -o "$out/$name" &&
        "$out/$name" >"$out/$name.out" && diff "$out/$name.txt" "$out/$name.out"
    claim "its program $name prints what it says"
done

grep -o '](\([^)]*\))' README.md | sed 's/^](//; s/)$//' | while read -r file; do
    [ -e "$file" ] || { echo "# $file does not exist"; exit 1; }
done
claim "the files that it links to exist"

grep -ow '[A-Z]*_*\(LOCK\|lock\)_[A-Za-z_]*' README.md | sort -u |
    { missing=0
      while read -r name; do
          case $name in *_) continue ;; esac
          grep -qw -- "$name" lock.h async_lock.h examples/*.c ||
              [ -e "examples/loops/$name.h" ] ||
              { echo "# no header has $name"; missing=1; }
      done
      [ $missing -eq 0 ]; }
claim "every name in it is in a header"
exit $status
