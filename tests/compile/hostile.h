/* What other headers, and careless programs, have been seen to define. Macros
   stand for something that does not compile where it is used. */

/* Short names: a program's own, <complex.h>, Arduino. */
#ifndef __cplusplus       /* there it is a name of std::mutex, which no macro may have */
#define lock @
#endif
#define L @
#define R @
#define I @
#define F @
#define T @
#define l_ @
#define bit @
#define HIGH @
#define LOW @
#define min(a, b) ((a) < (b) ? (a) : (b))
#define max(a, b) ((a) > (b) ? (a) : (b))

/* <X11/X.h>, <X11/Xlib.h>, <X11/Xutil.h> */
#define None @
#define Bool @
#define True @
#define False @
#define Status @
#define Success @
#define Always @
#define Above @
#define Below @
#define LOCK_SUCCESS @
#define LOCK_TIMEOUT @

/* <windows.h> */
#define small @
#define near @
#define far @
#define hyper @
#define pascal @
#define cdecl @
#define interface @
#define ERROR @
#define NO_ERROR @
#define TIMEOUT @
#define DELETE @
#define IGNORE @
#define INFINITE @
#define IN @
#define OUT @
#define OPTIONAL @
#define CONST @
#define VOID @
#define TRUE @
#define FALSE @
#define Yield @
#define LOCK_ELEMENT @

#ifdef __cplusplus
extern "C" {
#endif

/* <mach/lock_set.h>, macOS. */
typedef unsigned lock_set_t;
extern int lock_acquire(lock_set_t set, int id);
extern int lock_release(lock_set_t set, int id);
extern int lock_try(lock_set_t set, int id);
extern int lock_make_stable(lock_set_t set, int id);
extern int lock_handoff(lock_set_t set, int id);
extern int lock_handoff_accept(lock_set_t set, int id);

/* Kernels. */
typedef unsigned char lock_t;
struct lock_type;
extern void lock_init(struct lock_type *type);
extern void lock_set(lock_t *word);
extern void lock_clear(lock_t *word);

/* azure_c_shared_utility/lock.h */
#define LOCK_H
typedef enum LOCK_RESULT_TAG { LOCK_OK, LOCK_ERROR } LOCK_RESULT;
typedef void *LOCK_HANDLE;
extern LOCK_HANDLE Lock_Init(void);
extern LOCK_RESULT Lock(LOCK_HANDLE handle);
extern LOCK_RESULT Unlock(LOCK_HANDLE handle);
extern LOCK_RESULT Lock_Deinit(LOCK_HANDLE handle);

#ifdef __cplusplus
}
#endif
