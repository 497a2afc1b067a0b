#!/bin/sh
# See to it that Criterion, which the tests need, is there.
has_criterion()
{
    echo '#include <criterion/criterion.h>' |
        ${CC:-cc} -E - >/dev/null 2>&1
}

has_criterion && exit
log=${B:-build}/setup.log
mkdir -p "$(dirname "$log")"
echo "Criterion, the test framework, is missing: installing it."
as_root=
[ "$(id -u)" -eq 0 ] || as_root=sudo

if command -v apt-get >/dev/null; then
    $as_root apt-get update -qq
    $as_root apt-get install -y -qq libcriterion-dev
elif command -v dnf >/dev/null; then
    $as_root dnf install -y criterion-devel
elif command -v pacman >/dev/null; then
    $as_root pacman -S --noconfirm criterion
elif command -v apk >/dev/null; then
    $as_root apk add criterion-dev
elif command -v brew >/dev/null; then
    brew install criterion
fi >"$log" 2>&1

has_criterion && exit
cat "$log" 2>/dev/null
echo "It could not be installed. Install it by hand (Debian and Ubuntu:"
echo "libcriterion-dev, Fedora: criterion-devel, Homebrew and Arch: criterion;"
echo "else https://github.com/Snaipe/Criterion), then run make test again."
exit 1
