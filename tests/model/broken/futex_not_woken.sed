# linux: unpark sets its flag and wakes no one
/^ *syscall(.*FUTEX_WAKE_PRIVATE \*\/, 1);/d
