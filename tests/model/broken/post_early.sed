# a release posts the job before it is done with the lock
/^    thread_lock_finish_(l, owns ? word/{N;s/\(.*\)\n\(    loop->post.*\)/\2\n\1/;}
