# lock.h: a next owner that stays awake forgets its time limit
s/= until - now < 20000 ? until : now + 20000;/= now + 20000;/
