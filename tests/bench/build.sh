#!/bin/sh
# Build the benchmark with those peers that are installed.
#
#     CC, CXX, CFLAGS, CXXFLAGS   as usual
#     VARIANTS    directories with other versions of lock.h to compare, each a
#                 contestant named after its directory
set -eu
: "${CC:=cc}" "${CXX:=c++}" "${CFLAGS:=-std=c11 -O2 -g -Wall -Wextra}"
: "${CXXFLAGS:=-std=c++17 -O2 -g -Wall -Wextra}" "${VARIANTS:=}"
# Where a loop happens to lie changes contended figures by up to 8 %.
CFLAGS="$CFLAGS -falign-functions=64 -falign-loops=32"
CXXFLAGS="$CXXFLAGS -falign-functions=64 -falign-loops=32"
src=tests/bench
out=build/bench
objects='' libs='' link=$CC
mkdir -p $out

c() {           # OBJECT SOURCE [FLAG...]
    object=$out/$1.o source=$src/$2
    shift 2
    "$CC" "$@" $CFLAGS -I. -I$src -D_GNU_SOURCE -pthread -c "$source" \
        -o "$object"
    objects="$objects $object"
}

cxx() {         # OBJECT SOURCE [FLAG...]
    link=$CXX
    object=$out/$1.o source=$src/$2
    shift 2
    "$CXX" "$@" $CXXFLAGS -I$src -pthread -c "$source" -o "$object"
    objects="$objects $object"
}

skipped() {     # NAME PACKAGE
    echo "# skipped: $1 is not installed (apt-get install $2)"
}

has() {         # LANGUAGE HEADER [FLAG...]
    language=$1 header=$2
    shift 2
    echo "#include <$header>" | "$CC" -x "$language" "$@" -E - >/dev/null 2>&1
}

c driver driver.c
c workloads workloads.c
c linux ours.c -DTHREAD_LOCK_PORT_LINUX -DPORT='"lock.h linux"'
c c11 ours.c -DTHREAD_LOCK_PORT_C11 -DPORT='"lock.h c11"'
c async ours_async.c
c async-no-loop ours_async.c -DNO_LOOP
c async-dual ours_async.c -DDUAL
c list peers/list.c
for dir in $VARIANTS; do
    name=$(basename "$dir")
    c "v-$name-linux" ours.c -I"$dir" -DTHREAD_LOCK_PORT_LINUX \
        -DPORT="\"$name linux\""
    c "v-$name-c11" ours.c -I"$dir" -DTHREAD_LOCK_PORT_C11 \
        -DPORT="\"$name c11\""
done

registry=/usr/share/cargo/registry
if ! command -v cargo >/dev/null; then
    skipped 'parking_lot, Rust std, tokio, async-lock' cargo
elif ! ls -d $registry/parking_lot-0.12* $registry/tokio-1.* \
        $registry/async-lock-2.* $registry/futures-lite-1.* \
        >/dev/null 2>&1; then
    skipped 'parking_lot, Rust std, tokio, async-lock' 'librust-parking-lot-dev
        librust-tokio-dev librust-async-lock-dev librust-futures-lite-dev'
else
    mkdir -p $out/rust
    cp $src/rust/* $out/rust
    cargo build --quiet --release --offline \
        --manifest-path $out/rust/Cargo.toml \
        --config 'source.crates-io.replace-with="debian"' \
        --config "source.debian.directory=\"$registry\""
    c rust peers/rust.c
    libs="$libs $out/rust/target/release/libpeers.a -ldl"
fi
c libc peers/libc.c
if has c++ mutex; then
    cxx std peers/std.cc
else
    skipped 'std::mutex' g++
fi

peer() {        # LANGUAGE NAME HEADER PACKAGE MODULE
    if ! has "$1" "$3" $(pkg-config --cflags "$5" 2>/dev/null || true); then
        skipped "$2" "$4"
        return
    fi
    libs="$libs $(pkg-config --libs "$5" 2>/dev/null || echo "-l$5")"
    if [ "$1" = c ]; then
        c "$2" "peers/$2.c" $(pkg-config --cflags "$5" 2>/dev/null || true)
    else
        cxx "$2" "peers/$2.cc" $(pkg-config --cflags "$5" 2>/dev/null || true)
    fi
}
# shellcheck disable=SC2046 # lists of words
peer c nsync nsync.h libnsync-dev nsync
peer c glib glib.h libglib2.0-dev glib-2.0
peer c uv uv.h libuv1-dev libuv
peer c++ absl absl/synchronization/mutex.h libabsl-dev absl_synchronization
peer c++ tbb oneapi/tbb/mutex.h libtbb-dev tbb
if ! has c++ boost/fiber/all.hpp; then
    skipped boost.fiber libboost-fiber-dev
else
    cxx fiber peers/fiber.cc
    libs="$libs -lboost_fiber -lboost_context"
fi
if ! command -v python3 >/dev/null; then
    skipped asyncio python3
else
    c asyncio peers/asyncio.c
fi

{
    "$CC" --version | head -n 1
    ! command -v rustc >/dev/null || rustc --version
    uname -srm
    sed -n 's/^model name.*: //p' /proc/cpuinfo | sort | uniq -c
} >$out/machine
# shellcheck disable=SC2086 # lists of words
"$link" -pthread $objects $libs -o $out/bench
