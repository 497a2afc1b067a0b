# a waiter that is not queued any more is unlinked again
s/const bool queued = .*/const bool queued = true;/
