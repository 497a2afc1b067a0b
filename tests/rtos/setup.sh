#!/bin/sh
# Install what `make rtos` needs beside the kernels' sources, by apt-get: the
# compilers and qemu, and the tools that Zephyr's build asks for.
packages='gcc make gcc-arm-none-eabi libnewlib-arm-none-eabi qemu-system-arm
          cmake ninja-build gperf device-tree-compiler python3 python3-yaml
          python3-pyelftools python3-pykwalify python3-packaging'

as_root=
[ "$(id -u)" -eq 0 ] || as_root=sudo
command -v apt-get >/dev/null || {
    echo "This installs by apt-get. The packages are, by their Debian names:"
    echo "$packages"
    exit 1
}
$as_root apt-get -o DPkg::Lock::Timeout=600 update -qq || exit
# shellcheck disable=SC2086
$as_root apt-get -o DPkg::Lock::Timeout=600 install -y -qq \
    --no-install-recommends $packages
