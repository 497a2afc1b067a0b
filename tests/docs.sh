#!/bin/sh
# What the documentation shows is true: programs compile, and print what stands
# below them; links lead somewhere; names are in a header; the man pages declare
# what the headers declare; and the pictures are drawn from their sources.
out=${B:-build}/docs
rm -rf "$out"
mkdir -p "$out"
pages=$(find . -name '*.md' ! -path './build/*' | sed 's|^\./||' | sort)
: "${CC:=cc}"
suite=docs
. tests/claim.sh

there()     # there TOOL PACKAGE: or say that it is not installed
{
    command -v "$1" >/dev/null && return
    echo "# skipped: $1 is not installed (apt-get install $2)"
    return 1
}

silent()    # silent COMMAND...: it succeeds, and has nothing to say
{
    said=$("$@" 2>&1) && [ -z "$said" ] && return
    echo "$said"
    return 1
}

# >>programs

# Each ```c and ```python is a program. A ```text is what those before it print,
# back to the ```text or the heading before. tests/packages builds the others.
cut_out()   # cut_out PAGE: its programs to $out/PAGE.N.LANGUAGE
{
    awk -v base="$out/$(echo "$1" | tr / .)" '
        /^#/ && !block            { split("", silent) }
        /^```/ && block == "text" { split("", silent) }
        /^```/ && block           { block = ""; next }
        /^```/                    { block = substr($0, 4) }
        /^```(c|python)$/         { silent[++n]; file = base "." n "." block }
        /^```(c|python|text)$/    { next }
        /^```(cmake|meson|sh)$/   { next }
        /^```/                    { print FNR ": no test knows this language"
                                    failed = 1 }
        block == "text"           { for (i in silent)
                                        print >(base "." i ".expected") }
        block ~ /^(c|python)$/    { print >file }
        END                       { exit failed }' "$1"
}

compiles()  # compiles FILE OPTIONS...
{
    file=$1
    shift
    # shellcheck disable=SC2086 # a compiler may have options
    $CC -std=c11 -Wall -Wextra -Wpedantic -Werror -I. \
        -isystem tests/docs/freertos -isystem tests/platform/freertos \
        -pthread "$file" "$@"
}

prints()    # prints EXPECTED COMMAND...
{
    [ -s "$1" ] || { echo 'the page does not show what it prints'; return 1; }
    expected=$1
    shift
    timeout 60 "$@" >"$out/printed" && diff "$expected" "$out/printed"
}

stands_in_an_example()      # stands_in_an_example FILE
{
    for example in examples/*.c; do
        awk 'FNR == NR { part = part $0 "\n"; next }
                       { all = all $0 "\n" }
             END       { exit !index(all, part) }' "$1" "$example" && return
    done
    return 1
}

# What has no main is a part of a program.
works()     # works FILE.c
{
    if grep -q '^int main(' "$1"; then
        compiles "$1" -o "${1%.c}" && prints "${1%.c}.expected" "${1%.c}"
    else
        stands_in_an_example "$1" || compiles "$1" -c -o "${1%.c}.o"
    fi
}

works_in_python()   # works_in_python FILE.python
{
    if [ -e "${1%python}expected" ]; then
        prints "${1%python}expected" python3 "$1"
    else
        python3 -c 'import ast; ast.parse(open(0).read())' <"$1"
    fi
}

task_works()        # the example of a task that async_lock.h shows
{
    printf 'a request for %s\n%s\n' A A B B >"$out/task.expected" &&
        cp tests/docs/task.c "$out" &&
        sed -n '/^\/\* >>task/,/\*\/$/s/^       //p' async_lock.h \
            >>"$out/task.c" && works "$out/task.c"
}

# >>links and names

# The anchor of a heading is made as GitHub makes it.
has_anchor()    # has_anchor FILE ANCHOR
{
    sed -n 's/^##* //p' "$1" | tr 'A-Z ' 'a-z-' | sed 's/[^a-z0-9_-]//g' |
        grep -qx -e "$2"
}

links_lead_somewhere()  # links_lead_somewhere PAGE
{
    grep -o '](\([^)]*\))' "$1" | sed 's/^](//; s/)$//' | grep -v '^http' |
        while read -r link; do
            file=$(dirname "$1")/${link%%#*}
            [ "${link%%#*}" ] || file=$1
            if [ ! -e "$file" ]; then
                echo "$link: there is no $file"
            elif [ "$link" != "${link#*#}" ]; then
                has_anchor "$file" "${link#*#}" || echo "$link: no such heading"
            fi
        done
}

# A private name ends in an underscore. What -D defines is a name too.
names()     # names FILE: the public ones
{
    sed 's/-D\([A-Z]\)/\1/g; s/std::[a-z_]*//g' "$1" | grep -o '[A-Za-z0-9_]*' |
        grep -E -e '^((thread|async|THREAD|ASYNC)_)?(lock|LOCK)_.*[^_]$' \
            -e '^(thread|async)_lock$' | grep -v '_INCLUDED$' | sort -u
}

unknown_names() # unknown_names PAGE: those that no header, example or test has
{
    names "$1" | while read -r name; do
        grep -qw -e "$name" lock.h async_lock.h examples/*.c tests/*.c ||
            [ -e "examples/loops/$name.h" ] || echo "no header has $name"
    done
}

# >>man pages

example()   # example N PAGE: the N-th literal block of its examples
{
    awk -v n="$1" '
        /^\.Sh/          { examples = /EXAMPLES/ }
        /^\.Ed/          { block = 0 }
        block == n       { gsub(/\\e/, "\\"); print }
        examples && /^\.Bd/ { block = ++blocks }' "$2"
}

example_works()     # example_works PAGE
{
    program=$out/$(basename "$1").c
    example 1 "$1" >"$program" &&
        example 2 "$1" >"${program%.c}.expected" && works "$program"
}

# In a debug build some functions are macros besides.
synopsis()  # synopsis PAGE: its declarations in C
{
    awk '
        function declare(name, arguments) {
            if (name ~ /^[A-Z]/) return
            print "#undef " name "\n" type " " name "(" arguments ");"
        }
        /^\.Sh/  { synopsis = /SYNOPSIS/ }
        !synopsis { next }
        /^\.In/  { print "#include <" $2 ">" }
        /^\.Fd/  { sub(/^\.Fd /, ""); print }
        /^\.Vt/  { sub(/^\.Vt /, ""); print }
        /^\.Ft/  { sub(/^\.Ft /, ""); type = $0 }
        /^\.Fo/  { name = $2; arguments = "" }
        /^\.Fa/  { split($0, part, "\"")
                   arguments = arguments (arguments ? ", " : "") part[2] }
        /^\.Fc/  { declare(name, arguments) }
        /^\.Fn/  { arguments = ""
                   n = split($0, part, "\"")
                   for (i = 2; i < n; i += 2)
                       arguments = arguments (i > 2 ? ", " : "") part[i]
                   declare($2, arguments) }' "$1"
}

declares_the_same()     # declares_the_same PAGE
{
    file=$out/$(basename "$1").synopsis.c
    synopsis "$1" >"$file" && grep -q 'enum lock_error' "$file" &&
        compiles "$file" -c -o /dev/null &&
        compiles "$file" -c -o /dev/null \
            -DTHREAD_LOCK_DEBUG= -DASYNC_LOCK_DEBUG=
}

# But for comments.
has_the_structs_of()     # has_the_structs_of PAGE HEADER
{
    sed '/^\.Sh EXAMPLES/q' "$1" | sed -n 's/^struct \(.*\) {$/\1/p' \
        >"$out/structs"
    [ -s "$out/structs" ] || { echo 'it shows none'; return 1; }
    while read -r name; do
        sed -n "/^struct $name {$/,/^};$/p" "$1" >"$out/shown"
        sed -n "/^struct $name {$/,/^};$/p" "$2" | sed 's| */\*.*\*/||' |
            diff - "$out/shown" || return
    done <"$out/structs"
}

lacks()     # lacks PAGE HEADER: the public names of a header that it has not
{
    names "$2" >"$out/in_header"
    names "$1" | comm -13 - "$out/in_header"
}

rendered_by_groff()     # rendered_by_groff PAGE: warnings are what it says
{
    groff -mdoc -ww -Tutf8 "$1" >"$out/rendered"
}

# >>pictures

# pictures.sh writes the checksum of the source into the picture.
is_drawn_from()     # is_drawn_from PICTURE SOURCE
{
    grep -q -F -e "$(basename "$2") $(cksum <"$2")," "$1"
}

drawn_again()       # drawn_again PICTURE: it comes out the same
{
    name=$(basename "$1" .svg)
    OUT=$PWD/$out docs/pictures.sh "$name" && cmp "$1" "$out/$name.svg"
}

drawn_by_this_fossil()      # drawn_by_this_fossil PICTURE
{
    grep -q -F -e "$(fossil version)" "$1" && return
    echo "# skipped: the fossil that drew $1 is not installed"
    return 1
}

# >>all of it

for page in $pages; do
    claim "$page: the test knows all its blocks" cut_out "$page"
    claim "$page: its links lead somewhere" silent links_lead_somewhere "$page"
    claim "$page: its names are in a header" silent unknown_names "$page"
done
for program in "$out"/*.c; do
    claim "$(basename "$program") works" works "$program"
done
there python3 python3 && for program in "$out"/*.python; do
    claim "$(basename "$program") works" works_in_python "$program"
done
claim 'the example of a task in async_lock.h works' task_works

for page in docs/thread_lock.3 docs/async_lock.3; do
    header=$(sed -n 's/^\.In \(.*lock\.h\)/\1/p' "$page")
    claim "$page: its example works" example_works "$page"
    claim "$page: it declares what $header declares" declares_the_same "$page"
    claim "$page: its structs are those of $header" \
        has_the_structs_of "$page" "$header"
    claim "$page: it has every name of $header" silent lacks "$page" "$header"
    claim "$page: its names are in a header" silent unknown_names "$page"
done
there mandoc mandoc && for page in docs/*.3; do
    claim "$page: mandoc has nothing to say" \
        silent mandoc -Tlint -Wwarning "$page"
done
there groff groff && for page in docs/*.3; do
    claim "$page: groff has nothing to say" silent rendered_by_groff "$page"
done

for source in docs/*.pikchr; do
    picture=${source%pikchr}svg
    claim "$picture is drawn from $source" is_drawn_from "$picture" "$source"
done
there fossil fossil && for picture in docs/*.svg; do
    drawn_by_this_fossil "$picture" &&
        claim "$picture comes out the same again" drawn_again "$picture"
done
exit "$status"
