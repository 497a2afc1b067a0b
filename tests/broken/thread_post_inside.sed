# lock.h: post is called while the queue is being edited
/^    thread_lock_finish_(l, owns ? word/{N;s/\(.*\)\n\(    loop->post.*\)/\2\n\1/;}
