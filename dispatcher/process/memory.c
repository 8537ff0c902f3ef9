/*
 * Memory that is there or the process is not.
 */
#include "memory.h"

#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

/* Formatting could allocate, so the line is fixed and written directly. */
static _Noreturn void out_of_memory(void)
{
    static const char line[] = "level=error event=out_of_memory\n";

    if (write(STDERR_FILENO, line, sizeof(line) - 1) < 0)
        abort();
    abort();
}

void *memory_new(size_t size)
{
    return memory_new_array(1, size);
}

void *memory_new_array(size_t n, size_t size)
{
    /* calloc(0) may answer NULL without being out of memory. */
    void *p = n && size ? calloc(n, size) : calloc(1, 1);

    if (!p)
        out_of_memory();
    return p;
}

void *memory_grow(void *old, size_t n, size_t size)
{
    size_t bytes;

    if (__builtin_mul_overflow(n, size, &bytes))
        out_of_memory();
    void *p = realloc(old, bytes ? bytes : 1);
    if (!p)
        out_of_memory();
    return p;
}

char *memory_copy_text(const char *text)
{
    size_t size = strlen(text) + 1;

    return memcpy(memory_new(size), text, size);
}

void *memory_map(size_t size)
{
    void *p = mmap(NULL, size, PROT_READ | PROT_WRITE,
                   MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

    if (p == MAP_FAILED)
        out_of_memory();
    /* Neighbours would become pages of 2 MiB, mostly untouched and slow to
     * clear. A kernel that has no such pages refuses, which is as well. */
    (void)madvise(p, size, MADV_NOHUGEPAGE);
    return p;
}

void memory_populate(void *p, size_t size)
{
#ifdef MADV_POPULATE_WRITE
    /* A kernel before 5.14 does not know it; then each page is a fault. */
    (void)madvise(p, size, MADV_POPULATE_WRITE);
#else
    (void)p;
    (void)size;
#endif
}

void memory_unmap(void *p, size_t size)
{
    /* It can fail where it splits a mapping and there are too many; then the
     * addresses are lost, but not the memory. */
    if (munmap(p, size) != 0)
        (void)madvise(p, size, MADV_DONTNEED);
}
