/* What other headers, and careless programs, have been seen to define. */

/* Short names. Where one of these is used, it does not compile. */
#define lock @
#define L @
#define R @
#define I @
#define l_ @
#define min(a, b) ((a) < (b) ? (a) : (b))
#define max(a, b) ((a) > (b) ? (a) : (b))

/* LOCK_SH and its like. */
#include <sys/file.h>

/* <mach/lock_set.h>, macOS. */
extern int lock_acquire(unsigned set, int id);
extern int lock_release(unsigned set, int id);
extern int lock_try(unsigned set, int id);
extern int lock_make_stable(unsigned set, int id);

/* azure_c_shared_utility/lock.h */
#define LOCK_H
typedef enum LOCK_RESULT_TAG { LOCK_OK, LOCK_ERROR } LOCK_RESULT;
typedef void *LOCK_HANDLE;
extern LOCK_HANDLE Lock_Init(void);
extern LOCK_RESULT Lock(LOCK_HANDLE handle);
