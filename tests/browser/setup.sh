#!/bin/sh
# Install what the web page needs, if it is missing: Emscripten to build it, and
# with "test" Chromium, and below build/ what drives that.
#
#     tests/browser/setup.sh [test]
cd "$(dirname "$0")/../.." || exit 1
out=${B:-build}/browser
mkdir -p "$out/tools"

missing=
need()      # need COMMAND PACKAGE...
{
    command -v "$1" >/dev/null && return
    shift
    missing="$missing $*"
}

need emcc emscripten
need node nodejs
if [ "$1" = test ]; then
    need chromium chromium fonts-inter
    need npm npm
fi
if [ -n "$missing" ]; then
    echo "installing$missing"
    as_root=
    [ "$(id -u)" -eq 0 ] || as_root=sudo
    command -v apt-get >/dev/null || {
        echo "This installs by apt-get. Install by hand:$missing"
        exit 1
    }
    # shellcheck disable=SC2086 # packages are words
    {
        $as_root apt-get -o DPkg::Lock::Timeout=600 update -qq &&
            $as_root apt-get -o DPkg::Lock::Timeout=600 install -y -qq \
                --no-install-recommends $missing
    } >"$out/setup.log" 2>&1 || {
        tail -n 20 "$out/setup.log"
        exit 1
    }
fi

[ "$1" != test ] || [ -d "$out/tools/node_modules/puppeteer-core" ] || {
    cp tests/browser/package.json "$out/tools" &&
        npm install --prefix "$out/tools" --no-audit --no-fund --silent
}
