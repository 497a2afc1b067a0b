# lock.h: a next owner stays awake as long as its clock stands still
s/for (; looks > 0 \&\& now < until; looks--) {/for (; now < until; looks--) {/
