# a release touches the waiter after it has posted its job
s/loop->post(loop, &w->job);/&w->owns_next = owns;/
