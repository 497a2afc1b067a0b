# a lock that is set free for a waiter stays held
s/^    if (!owns)$/    if (false)/
