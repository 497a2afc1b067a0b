# a lock that is handed over is also set free
s/^    if (!owns)$/    if (true)/
