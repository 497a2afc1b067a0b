# a signal ends a wait that is not interruptible
s/while (e == LOCK_EINTR && !interruptible);/while (false);\n    (void)interruptible;/
