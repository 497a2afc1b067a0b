#!/bin/sh
# Each package of lock.h and async_lock.h is used as its users would: a project
# of its own builds use.c with it. Where Debian does not have the tool, what the
# tool reads is checked against its rules. The one version is the headers'.
root=$PWD
out=$root/${B:-build}/packages
rm -rf "$out"
mkdir -p "$out"
: "${CC:=cc}"
export CC
suite=packages
. tests/claim.sh

there()     # there TOOL PACKAGE: or say that it is not installed
{
    command -v "$1" >/dev/null && return
    echo "# skipped: $1 is not installed (apt-get install $2)"
    return 1
}

version=$(sed -n 's/^#define THREAD_LOCK_VERSION "\(.*\)"$/\1/p' lock.h)

use()       # use PROGRAM: it is built with both headers, of this version
{
    "$1" >"$out/said" && printf 'ok ok\n%s %s\n' "$version" "$version" |
        diff - "$out/said"
}

headers_agree()
{
    for header in lock.h async_lock.h; do
        prefix=$(sed -n 's/^#define \(.*\)_VERSION ".*/\1/p' "$header")
        echo "/* $header - $version - "
        echo "#define ${prefix}_VERSION \"$version\""
        echo "$version" | tr . ' ' | while read -r major minor patch; do
            echo "#define ${prefix}_VERSION_MAJOR $major"
            echo "#define ${prefix}_VERSION_MINOR $minor"
            echo "#define ${prefix}_VERSION_PATCH $patch"
        done
    done | while read -r line; do
        cat lock.h async_lock.h | grep -Fq -- "$line" || {
            echo "missing: $line"
            exit 1
        }
    done
}

# >>CMake
cmake_installs()
{
    cmake -S . -B "$out/cmake" -DCMAKE_INSTALL_PREFIX="$out/cmake-prefix" &&
        cmake --install "$out/cmake"
}

cmake_use()     # cmake_use HOW DIRECTORY
{
    cmake -S tests/packages -B "$out/$1" -DHOW="$1" -DLOCK="$2" \
        -DVERSION="$version" -DCMAKE_PREFIX_PATH="$out/cmake-prefix" &&
        cmake --build "$out/$1" && use "$out/$1/use"
}

cmake_refuses_another_version()
{
    version=2.0.0
    ! cmake_use find_package "$root" >"$out/refusal" 2>&1 &&
        grep -F 'requested version "2.0.0"' "$out/refusal"
}

esp_registers()
{
    registered=$(cmake -DLOCK="$root" -P tests/packages/esp.cmake 2>&1)
    echo "$registered"
    [ "$registered" = 'registered: INCLUDE_DIRS;.' ]
}

zephyr_includes()       # the directory that its CMake function is given
{
    folder=$(sed -n 's/^  cmake: //p' zephyr/module.yml)
    said=$(sed -n 's/^ *zephyr_include_directories(\([^ ]*\) .*$/\1/p' \
        "$folder/CMakeLists.txt")
    cat "$folder/CMakeLists.txt"
    $CC -I "$folder/$said" tests/packages/use.c -o "$out/zephyr" &&
        use "$out/zephyr"
}

# >>Meson
meson_use()     # meson_use DIRECTORY FALLBACK
{
    meson setup "$1/build" "$1" "-Dversion=$version" "-Dfallback=$2" &&
        meson compile -C "$1/build" && use "$1/build/use"
}

meson_subproject()
{
    mkdir -p "$out/meson/subprojects/lock/docs" &&
        cp docs/*.3 "$out/meson/subprojects/lock/docs" &&
        cp tests/packages/meson* tests/packages/use.c "$out/meson" &&
        cp meson.build lock.h async_lock.h "$out/meson/subprojects/lock" &&
        meson_use "$out/meson" lock,lock_dep
}

meson_installs()
{
    meson setup "$out/meson-build" . --prefix "$out/meson-prefix" \
        --libdir lib && meson install -C "$out/meson-build" &&
        mkdir "$out/meson-installed" &&
        cp tests/packages/meson* tests/packages/use.c "$out/meson-installed" &&
        PKG_CONFIG_PATH=$out/meson-prefix/lib/pkgconfig \
            meson_use "$out/meson-installed" ''
}

# >>what cannot be run here
rules()
{
    python3 tests/packages/rules.py "$1" "$version"
}

other_versions_are_noticed()
{
    for file in library.json clib.json; do
        python3 tests/packages/rules.py "$file" 9.9.9 |
            grep -x 'version: 9.9.9' || return
    done
}

# >>pkg-config
pkg_config_use()
{
    # shellcheck disable=SC2046 # flags are words
    make install PREFIX="$out/prefix" &&
        export PKG_CONFIG_PATH="$out/prefix/lib/pkgconfig" &&
        pkg-config --exact-version="$version" lock &&
        cd "$out" &&
        $CC "$root/tests/packages/use.c" -o use \
            $(pkg-config --cflags --libs lock) && use ./use
}

claim 'both headers say one version, in each place' headers_agree
there cmake cmake && {
    claim 'CMake installs it' cmake_installs
    claim 'CMake uses it by find_package' cmake_use find_package "$root"
    claim 'CMake refuses it where another version is asked for' \
        eval '(cmake_refuses_another_version)'
    claim 'CMake uses it by FetchContent' cmake_use FetchContent "$root"
    claim 'CMake uses it by add_subdirectory' cmake_use add_subdirectory "$root"
    claim 'ESP-IDF is told where the headers are' esp_registers
}
there meson meson && there ninja ninja-build && there pkg-config pkg-config && {
    claim 'Meson uses it as a subproject' meson_subproject
    claim 'Meson installs it, and uses it installed' meson_installs
}
there pkg-config pkg-config &&
    claim 'pkg-config finds what make install has written' \
        eval '(pkg_config_use)'
claim 'a Zephyr module leads to the headers' zephyr_includes
there python3 python3 && {
    claim 'library.json keeps the rules of PlatformIO' rules library.json
    claim 'clib.json keeps the rules of clib' rules clib.json
    claim 'another version in one of them is noticed' \
        other_versions_are_noticed
}
if python3 -c 'import yaml' 2>"$out/no-yaml"; then
    claim 'zephyr/module.yml keeps the rules of Zephyr' \
        rules zephyr/module.yml
else
    echo '# skipped: PyYAML is not installed (apt-get install python3-yaml)'
fi
exit "$status"
