# lock.h: post is called while the queue is being edited
s/^    thread_lock_finish_(l, word, mask);\n    loop->post/X/
/^    if (!owns)$/i\    if (owns) { loop->post(loop, \&w->job); thread_lock_finish_(l, word, mask); return LOCK_EOK; }
