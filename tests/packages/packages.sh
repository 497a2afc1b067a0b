#!/bin/sh
# Each package of lock.h and async_lock.h is used as its users would: a project
# of its own builds use.c by what the page shows. Where Debian does not have the
# tool, what the tool reads is checked against its rules. The one version is the
# headers'.
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

# >>what the page shows: a user of each package copies it, and so do we
page=README.md

snippet()   # snippet LANGUAGE TEXT: the one block of the page that has the text
{
    awk -v language="$1" -v text="$2" '
        $0 == "```"                { if (mine && index(block, text)) {
                                         printf "%s", block
                                         found++ }
                                     mine = 0 }
        mine                       { block = block $0 "\n" }
        $0 == "```" language       { mine = 1; block = "" }
        END                        { exit found != 1 }' "$page"
}

new_project()   # new_project NAME: an empty one, in $project
{
    project=$out/$1
    rm -rf "$project" && mkdir -p "$project" &&
        cp tests/packages/use.c "$project/program.c"
}

# >>install: all below a root of its own, as a maker of packages does
prefix=/opt/dual

make_installs()
{
    make install PREFIX=$prefix DESTDIR="$out/by-make" &&
        [ "$(find "$out/by-make" -name lock.h)" = \
            "$out/by-make$prefix/include/dual_lock/lock.h" ]
}

make_uninstalls()
{
    make install PREFIX=$prefix DESTDIR="$out/removed" &&
        make uninstall PREFIX=$prefix DESTDIR="$out/removed" &&
        left=$(find "$out/removed" ! -type d) && echo "$left" &&
        [ -z "$left" ] && [ ! -e "$out/removed$prefix/include/dual_lock" ]
}

cmake_installs()    # cmake_installs OUTPUT SOURCE [OPTION...]
{
    to=$1 from=$2
    shift 2
    cmake -S "$from" -B "$out/build-$to" -DCMAKE_INSTALL_PREFIX=$prefix "$@" &&
        DESTDIR=$out/$to cmake --install "$out/build-$to"
}

files_of()  # files_of DIRECTORY: their names, modes, and where links lead
{
    (cd "$1" && find . -printf '%P %m %l\n' | sort)
}

trees_are_the_same()    # trees_are_the_same DIRECTORY
{
    files_of "$out/by-make" >"$out/by-make.files" &&
        files_of "$1" | diff "$out/by-make.files" - &&
        diff -r --no-dereference "$out/by-make" "$1"
}

includes_with_folder()
{
    sed 's|<\(.*lock.h\)>|<dual_lock/\1>|' tests/packages/use.c \
        >"$out/folder.c" && grep -q 'dual_lock/lock.h' "$out/folder.c" &&
        $CC "$out/folder.c" -o "$out/folder" -pthread \
            -I"$out/by-make$prefix/include" && use "$out/folder"
}

# >>CMake
cmake_project()     # cmake_project NAME LANGUAGE TEXT: with a snippet
{
    new_project "$1" && {
        echo 'cmake_minimum_required(VERSION 3.14)'
        echo "project(user LANGUAGES $2)"
        echo 'add_executable(program program.c)'
        snippet cmake "$3"
    } >"$project/CMakeLists.txt"
}

cmake_builds()      # cmake_builds [OPTION...]: $project
{
    cmake -S "$project" -B "$project/build" "$@" &&
        cmake --build "$project/build" && use "$project/build/program"
}

cmake_finds()       # cmake_finds DIRECTORY LANGUAGE
{
    cmake_project find "$2" find_package &&
        cmake_builds -DCMAKE_PREFIX_PATH="$1$prefix"
}

cmake_finds_for_cxx()       # cmake_finds_for_cxx DIRECTORY
{
    cmake_project cxx CXX find_package &&
        sed -i 's/program\.c)/program.cpp)/' "$project/CMakeLists.txt" &&
        echo '#include <lock.h>
#include <async_lock.h>
static struct thread_lock l;
int main() { return thread_lock_locked(&l); }' >"$project/program.cpp" &&
        cmake -S "$project" -B "$project/build" \
            -DCMAKE_PREFIX_PATH="$1$prefix" &&
        cmake --build "$project/build" && "$project/build/program"
}

finds_version()     # finds_version WANTED: asked for it with find_package
{
    cmake_project version C find_package &&
        sed -i "s/dual_lock 1 /dual_lock $1 /" "$project/CMakeLists.txt" &&
        cmake -S "$project" -B "$project/build" \
            -DCMAKE_PREFIX_PATH="$out/by-make$prefix"
}

refuses_version()   # refuses_version WANTED...
{
    for wanted; do
        ! finds_version "$wanted" >"$out/refusal" 2>&1 &&
            grep -F "requested version \"$wanted\"" "$out/refusal" || return
    done
}

cmake_adds()        # cmake_adds LANGUAGE: a copy, beside the program
{
    cmake_project add "$1" add_subdirectory && ln -s "$root" "$project/lock" &&
        cmake_builds
}

cmake_fetches()     # cmake_fetches LANGUAGE: this, in place of the address
{
    cmake_project fetch "$1" FetchContent &&
        cmake_builds -DFETCHCONTENT_SOURCE_DIR_DUAL_LOCK="$root"
}

# A project without a language has one from where it asks for it.
cmake_adds_before_a_language()
{
    cmake_project late NONE add_subdirectory && ln -s "$root" "$project/lock" &&
        echo 'enable_language(C)' >>"$project/CMakeLists.txt" && cmake_builds
}

links_threads()     # links_threads: found or added, the target brings them
{
    for way in find_package add_subdirectory; do
        cmake_project threads C $way && ln -s "$root" "$project/lock" &&
            cat >>"$project/CMakeLists.txt" <<'END' &&
get_target_property(libraries dual_lock::dual_lock INTERFACE_LINK_LIBRARIES)
message("links ${libraries}")
END
            cmake -S "$project" -B "$project/build" \
                -DCMAKE_PREFIX_PATH="$out/by-make$prefix" >"$out/links" 2>&1 &&
            grep '^links Threads::Threads;' "$out/links" || return
    done
}

adds_no_rules()
{
    cmake_project quiet C add_subdirectory && ln -s "$root" "$project/lock" &&
        echo 'enable_testing()' >>"$project/CMakeLists.txt" &&
        cmake_installs nothing "$project" &&
        [ -z "$(find "$out/nothing" ! -type d 2>/dev/null)" ] &&
        ctest --test-dir "$out/build-nothing" -N | grep -x 'Total Tests: 0'
}

adds_rules_if_told()
{
    cmake_project loud C add_subdirectory && ln -s "$root" "$project/lock" &&
        cmake_installs all "$project" -DDUAL_LOCK_INSTALL=ON &&
        trees_are_the_same "$out/all"
}

# A library that needs the lock and is exported names it, to be found again.
cmake_exports()
{
    cmake_project export C add_subdirectory && ln -s "$root" "$project/lock" &&
        cat >>"$project/CMakeLists.txt" <<'END' &&
add_library(theirs INTERFACE)
target_link_libraries(theirs INTERFACE dual_lock::dual_lock)
install(TARGETS theirs EXPORT theirs)
install(EXPORT theirs DESTINATION share/cmake/theirs)
END
        cmake_installs theirs "$project" -DDUAL_LOCK_INSTALL=ON &&
        grep -r 'INTERFACE_LINK_LIBRARIES "dual_lock::dual_lock"' \
            "$out/theirs$prefix/share/cmake/theirs"
}

ctest_passes()
{
    cmake -S . -B "$out/build-test" && cmake --build "$out/build-test" &&
        ctest --test-dir "$out/build-test" | tee "$out/tests" &&
        grep -q '100% tests passed, 0 tests failed out of 1' "$out/tests"
}

esp_registers()
{
    registered=$(cmake -DLOCK="$root" -P tests/packages/esp.cmake 2>&1)
    echo "$registered"
    [ "$registered" = 'registered: INCLUDE_DIRS;.' ]
}

# WaitOnAddress is in a library of its own.
mingw=x86_64-w64-mingw32-gcc

cmake_builds_for_windows()  # cmake_builds_for_windows TEXT
{
    cmake_project windows C "$1" && ln -s "$root" "$project/lock" &&
        cmake -S "$project" -B "$project/build" -DCMAKE_SYSTEM_NAME=Windows \
            -DCMAKE_C_COMPILER=$mingw \
            -DCMAKE_PREFIX_PATH="$out/by-make$prefix" &&
        cmake --build "$project/build" && [ -s "$project/build/program.exe" ]
}

zephyr_includes()       # the directory that its CMake function is given
{
    folder=$(sed -n 's/^  cmake: //p' zephyr/module.yml)
    said=$(sed -n 's/^zephyr_include_directories(\(.*\))$/\1/p' \
        "$folder/CMakeLists.txt")
    cat "$folder/CMakeLists.txt"
    $CC -I "$folder/$said" tests/packages/use.c -o "$out/zephyr" &&
        use "$out/zephyr"
}

# >>Meson
meson_project() # meson_project NAME: with the snippet, for this very version
{
    new_project "$1" && {
        echo "project('user', 'c')"
        echo "dependency('dual_lock', version: '$version', \
            fallback: 'dual_lock')"
        snippet meson dual_lock
    } >"$project/meson.build"
}

meson_builds()  # meson_builds [OPTION...]: $project
{
    meson setup "$project/build" "$project" "$@" &&
        meson compile -C "$project/build" && use "$project/build/program"
}

meson_subproject()
{
    meson_project meson && mkdir "$project/subprojects" &&
        ln -s "$root" "$project/subprojects/dual_lock" && meson_builds &&
        DESTDIR=$out/meson-nothing meson install -C "$project/build" &&
        [ ! -e "$out/meson-nothing" ]
}

meson_for_windows()
{
    cat >"$out/windows.ini" <<'END' &&
[binaries]
c = 'x86_64-w64-mingw32-gcc'
[host_machine]
system = 'windows'
cpu_family = 'x86_64'
cpu = 'x86_64'
endian = 'little'
END
        meson_project meson-windows && mkdir "$project/subprojects" &&
        ln -s "$root" "$project/subprojects/dual_lock" &&
        meson setup "$project/build" "$project" \
            --cross-file "$out/windows.ini" &&
        meson compile -C "$project/build" && [ -s "$project/build/program.exe" ]
}

meson_installs()
{
    to=$out/meson-prefix
    meson setup "$out/meson-build" . --prefix "$to" --libdir lib &&
        meson install -C "$out/meson-build" &&
        [ -e "$to/include/dual_lock/async_lock.h" ] &&
        meson_project meson-installed &&
        PKG_CONFIG_PATH=$to/lib/pkgconfig meson_builds --wrap-mode nofallback &&
        PKG_CONFIG_PATH=$to/lib/pkgconfig pkg-config --libs dual_lock |
        grep -e '^-pthread'
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
pkg_config_use()    # with $CC for cc, and below the root
{
    new_project pkg-config &&
        snippet sh pkg-config | sed "s|^cc |$CC |" >"$project/build.sh" &&
        export PKG_CONFIG_PATH="$out/by-make$prefix/share/pkgconfig" &&
        [ "$(pkg-config --variable=prefix dual_lock)" = $prefix ] &&
        pkg-config --exact-version="$version" dual_lock &&
        pkg-config --libs dual_lock | grep -x -e '-pthread *' &&
        cd "$project" && PKG_CONFIG_SYSROOT_DIR=$out/by-make sh build.sh &&
        use ./program
}

claim 'both headers say one version, in each place' headers_agree
claim 'make installs it' make_installs
claim 'make uninstalls all of it' make_uninstalls
claim '<dual_lock/lock.h> is found below the prefix' includes_with_folder
there cmake cmake && {
    claim 'CMake installs it' cmake_installs by-cmake .
    claim 'CMake installs the same files as make' \
        trees_are_the_same "$out/by-cmake"
    for by in make cmake; do
        claim "CMake finds what $by has installed" cmake_finds "$out/by-$by" C
        claim "CMake finds what $by has installed, for a project in C++" \
            cmake_finds_for_cxx "$out/by-$by"
        claim "CMake finds what $by has installed, for one without a language" \
            cmake_finds "$out/by-$by" NONE
    done
    claim 'CMake finds this version' finds_version "$version EXACT"
    claim 'CMake finds no other version' \
        refuses_version 2.0 "${version%.*}.99" 0.9
    claim 'CMake adds it as a subdirectory' cmake_adds C
    claim 'CMake adds it to a project that has no language yet' \
        cmake_adds_before_a_language
    claim 'CMake fetches it' cmake_fetches C
    claim 'the target links what threads need' links_threads
    claim 'inside a project it adds no rules that install, and no test' \
        adds_no_rules
    claim 'inside a project it installs the same files if told to' \
        adds_rules_if_told
    claim 'a target that needs it can be exported' cmake_exports
    claim 'its own test passes' ctest_passes
    there $mingw gcc-mingw-w64-x86-64-win32 &&
        for way in find_package add_subdirectory; do
            claim "CMake links it for Windows, by $way" \
                cmake_builds_for_windows $way
        done
    claim 'ESP-IDF is told where the headers are' esp_registers
}
there meson meson && there ninja ninja-build && there pkg-config pkg-config && {
    claim 'Meson uses it as a subproject, which installs nothing' \
        meson_subproject
    claim 'Meson installs it, and uses it installed' meson_installs
    there $mingw gcc-mingw-w64-x86-64-win32 &&
        claim 'Meson links it for Windows' meson_for_windows
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
