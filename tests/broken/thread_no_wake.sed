# lock.h: a release forgets to wake
s/^    loop->post(loop, &w->job);/    if (owns) loop->post(loop, \&w->job);/
