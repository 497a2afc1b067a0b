#!/bin/sh
# Draw docs/NAME.svg from each docs/NAME.pikchr, or from those that are named.
#
#     docs/pictures.sh [NAME...]
#
# OUT is the directory to write to, unless it is docs.
#
# To what pikchr, which is in fossil, makes of it are added: a checksum of the
# source and the version, by which the tests see that the picture is up to date;
# its size; a fixed-width font for the C in it, which Debian 12's pikchr cannot
# ask for; and colours for pages with a dark background.
cd "$(dirname "$0")" || exit 1
: "${OUT:=.}"

command -v fossil >/dev/null || {
    echo "fossil is not installed (apt-get install fossil)" >&2
    exit 1
}

# Each colour of the sources, by its red, green and blue, and that in the dark.
dark='
31,35,40    #e6edf3
101,109,118 #8d96a0
208,215,222 #30363d
255,255,255 #0d1117
26,127,55   #3fb950
218,251,225 #12261e
9,105,218   #58a6ff
221,244,255 #0c2136
207,34,46   #ff7b72
255,235,233 #301a1f
'

style()
{
    echo '<style>'
    echo 'svg { font: 15px sans-serif }'
    echo '.c { font-family: monospace }'
    echo '@media (prefers-color-scheme: dark) {'
    echo "$dark" | while read -r light colour; do
        [ "$colour" ] || continue
        echo "[fill=\"rgb($light)\"] { fill: $colour }"
        echo "[style*=\"fill:rgb($light)\"] { fill: $colour !important }"
        echo "[style*=\"stroke:rgb($light)\"] { stroke: $colour !important }"
    done
    echo '}'
    echo '</style>'
}

draw()
{
    fossil pikchr "$1.pikchr" >"$OUT/$1.out" || {
        sed 's/<[^>]*>//g' "$OUT/$1.out" >&2
        rm "$OUT/$1.out"
        return 1
    }
    size='viewBox="0 0 \([0-9]*\)[^ ]* \([0-9]*\)[^"]*"'
    name='\(thread_\|async_\|\)lock_[a-z_]*\((\|<\)\|LOCK_E[A-Z]*<\|fn('
    {
        sed -n 1p "$OUT/$1.out" | sed "s/$size/& width=\"\1\" height=\"\2\"/"
        echo "<!-- $1.pikchr $(cksum <"$1.pikchr"), $(fossil version) -->"
        style
        sed -e 1d -e 's/dominant-baseline="central"/dy="0.35em"/' \
            -e "/>$name/s/<text/<text class=\"c\"/" "$OUT/$1.out"
    } >"$OUT/$1.svg"
    rm "$OUT/$1.out"
}

[ $# -gt 0 ] || set -- *.pikchr
for source in "$@"; do
    draw "$(basename "$source" .pikchr)" || exit
done
