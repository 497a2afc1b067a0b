/* As much of <sys/mman.h> as the contract uses, for Windows. */
#include <stddef.h>
#include <windows.h>

#define PROT_READ 1
#define PROT_WRITE 2
#define MAP_PRIVATE 1
#define MAP_ANONYMOUS 2
#define MAP_FAILED NULL

static inline void *mmap(void *at, size_t size, int prot, int flags, int fd,
                         long offset)
{
    (void)prot, (void)flags, (void)fd, (void)offset;
    return VirtualAlloc(at, size, MEM_RESERVE | MEM_COMMIT, PAGE_READWRITE);
}

static inline int munmap(void *at, size_t size)
{
    (void)size;
    return VirtualFree(at, 0, MEM_RELEASE) ? 0 : -1;
}
