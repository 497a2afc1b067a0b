# lock.h: a next owner stays awake as long as its clock stands still
s/looks > 0 && now < end; looks--) {/now < end; looks--) {/
