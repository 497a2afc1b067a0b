#!/bin/sh
# Install what platforms.sh needs, on Debian and its like: about 4 GB; with
# "ci", a sixth of that.
#
#     tests/platform/setup.sh [ci]

# One processor of each kind: of 32 bits, of 8, big endian, without an operating
# system. What clang builds for needs no compiler of its own.
ci='musl-tools gcc-i686-linux-gnu libc6-dev-i386-cross
    gcc-s390x-linux-gnu libc6-dev-s390x-cross qemu-user
    clang lld-14 qemu-system-arm qemu-system-misc gcc-avr avr-libc simavr
    tcc pcc sdcc sdcc-ucsim cppcheck python3'
rest='gcc-aarch64-linux-gnu libc6-dev-arm64-cross
    gcc-arm-linux-gnueabihf libc6-dev-armhf-cross
    gcc-riscv64-linux-gnu libc6-dev-riscv64-cross
    gcc-arm-none-eabi gcc-riscv64-unknown-elf
    gcc-mingw-w64-x86-64-win32 wine64 emscripten'

[ "$1" = ci ] && rest=
as_root=
[ "$(id -u)" -eq 0 ] || as_root=sudo
command -v apt-get >/dev/null || {
    echo "This installs by apt-get. The packages are, by their Debian names:"
    echo "$ci $rest"
    exit 1
}
$as_root apt-get -o DPkg::Lock::Timeout=600 update -qq || exit
# shellcheck disable=SC2086
$as_root apt-get -o DPkg::Lock::Timeout=600 install -y -qq \
    --no-install-recommends $ci $rest
