#!/usr/bin/env bash
# What async_lock.h deviates from of MISRA C:2012 is what misra.md lists, with a
# reason for each rule: no rule more or less, and in as many places.
#
#     tests/platform/misra.sh
#
#     HEADERS   the directory of the header (default: the project)
#     BUILD     where to work (default: build/misra); emptied first
#     CC        whose <stddef.h> and <stdbool.h> are read (default: gcc)

set -u
cd "$(dirname "$0")/../.." || exit 1

list=$PWD/tests/platform/misra.md
header=$(cd "${HEADERS:-.}" && pwd)/async_lock.h
build=${BUILD:-build/misra}
wrong=0

for tool in cppcheck python3; do
    command -v $tool >/dev/null && continue
    echo "# skipped: $tool is not installed (apt-get install $tool)"
    exit 0
done
rm -rf "$build" && mkdir -p "$build" && cd "$build" || exit 1
include=$("${CC:-gcc}" -print-file-name=include)

all_mandatory='9.1 9.7 12.5 13.6 17.3 17.4 17.6 17.9 19.1 21.13 21.17 21.18
               21.19 21.20 21.22 22.2 22.4 22.5 22.6 22.20'

# Without texts the addon calls all rules the same, and cppcheck drops all but
# one that a line deviates from.
printf '%s\n' 'Appendix A Summary of guidelines' 'Rule 1.1 Required' 'C.' >texts
echo '{"script": "misra.py", "args": ["--rule-texts=texts"]}' >misra.json

# The normal build, each line where it was. The addon looks at directives also
# where they are not compiled.
without_debug() {
    awk '/^#if/ { depth++ }
         /^#(else|endif)/ && depth == debug { off = 0 }
         { print off ? "" : $0 }
         /^#ifdef ASYNC_LOCK_DEBUG/ { debug = depth; off = 1 }
         /^#endif/ && depth-- == debug { debug = 0 }'
}

# "rule file:line" for each place. The header is the file itself, not included,
# for of what is included the addon does not see all. 18.6 and 9.1 are among
# those rules that cppcheck looks after without it; whatever else cppcheck finds
# wrong keeps the name that it has there.
deviations() {      # < HEADER
    without_debug >async_lock.c
    cppcheck -q --addon=misra.json --enable=style --std=c11 --platform=unix32 \
        -DASYNC_LOCK_IMPLEMENTATION -UASYNC_LOCK_STATIC -UASYNC_LOCK_DEBUG \
        -I"$include" --suppress=missingIncludeSystem \
        --template='{severity} {id} {file}:{line}' async_lock.c \
        >cppcheck.log 2>&1
    awk '$3 !~ /^async_lock\.c:/ { next }
         sub(/^misra-c2012-/, "", $2) || $1 != "style" { print $2, $3 }' \
        cppcheck.log |
        sed 's/^autoVariables /18.6 /; s/^\(legacyU\|u\)ninitvar /9.1 /'
}

count() {           # < DEVIATIONS
    cut -d' ' -f1 | sort -V | uniq -c | awk '{ print $2, $1 }'
}

# Of a row "| 15.6 | required | 14 | why |": rule and places, if all is there.
listed() {
    awk -F' *[|] *' '$2 ~ /^[0-9]+\.[0-9]+$/ && $5 != "" &&
        $3 ~ /^(required|advisory)$/ { print $2, $4 }' "$list" | sort -V
}

mandatory_among() { # < DEVIATIONS
    local rule
    cut -d' ' -f1 | sort -u | while read -r rule; do
        grep -qw -F -e "$rule" <<<"${all_mandatory//$'\n'/ }" && echo "$rule"
    done
}

claim() {           # TEXT COMMAND...
    local text=$1
    shift
    if "$@" >said 2>&1; then
        echo "ok - misra: $text"
    else
        echo "not ok - misra: $text"
        sed 's/^/# /' said
        wrong=1
    fi
}

# ---------------------------------------------------------------------------

as_listed() {
    diff -U0 --label listed --label found <(listed) <(count <found) >differ &&
        return
    awk 'NR == FNR { if (/^[-+][0-9]/) rules[substr($1, 2)]; next }
         $1 in rules' differ found
    [ -s found ] || cat cppcheck.log
    cat differ
    echo "The list is of cppcheck 2.10; this is $(cppcheck --version)."
    return 1
}

none_mandatory() {
    local rules
    rules=$(mandatory_among <found)
    [ -z "$rules" ] || { echo "$rules"; return 1; }
}

# A header that a sed script has changed deviates from a rule once more.
notices() {         # RULE SED-SCRIPT
    sed -E "$2" "$header" >changed.h
    cmp -s "$header" changed.h && { echo 'nothing was changed'; return 1; }
    deviations <changed.h >changed
    diff <(count <found) <(count <changed) | grep "^> $1 "
}

mandatory() {       # RULE SED-SCRIPT
    notices "$@" && mandatory_among <changed | grep -x "$1"
}

deviations <"$header" >found
claim 'async_lock.h deviates from the rules that are listed, and no other' \
    as_listed
claim 'async_lock.h deviates from no mandatory rule' none_mandatory

claim 'control: recursion is noticed' notices 17.2 \
    's/^    (async_lock_unqueue_)\(l, w\);/&\n    async_lock_cancel(l, w);/'
claim 'control: a read before the first write is, as mandatory' mandatory 9.1 \
    's/^    size_t n = 0;/    size_t n;/'
claim 'control: a goto is' notices 15.1 \
    's/^    l->loop = loop;/    goto end;\nend:\n&/'
claim 'control: one place more of a listed rule is' notices 15.5 \
    's/^    l->loop = loop;/    if (l == NULL)\n        return;\n&/'

rules=$(count <found | wc -l)
echo "# misra: $rules rules, $(wc -l <found) places"
exit $wrong
