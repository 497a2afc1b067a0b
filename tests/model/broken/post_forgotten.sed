# a release hands the lock over and wakes no one
s/loop->post(loop, &w->job);/if (!owns)\n        &/
