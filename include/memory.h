/*
 * Memory of the process: running out of it ends the process, here and only
 * here, so that no caller needs a path for it.
 *
 * Sizes that come from input are bounded before they get here.
 */
#ifndef DISPATCHER_MEMORY_H
#define DISPATCHER_MEMORY_H

#include <stddef.h>

/* `size` bytes of zeros. Never NULL. Free with free(). */
void *memory_new(size_t size) __attribute__((returns_nonnull, malloc));

/* An array of `n` items of `size` bytes, zeros. Never NULL. */
void *memory_new_array(size_t n, size_t size)
    __attribute__((returns_nonnull, malloc));

/* As realloc for `n` items of `size` bytes; what is added is not initialised.
 * `old` (may be NULL) is taken. Never NULL. */
void *memory_grow(void *old, size_t n, size_t size)
    __attribute__((returns_nonnull, warn_unused_result));

/* A copy of a text. Never NULL. Free with free(). */
char *memory_copy_text(const char *text)
    __attribute__((returns_nonnull, malloc));

/* `size` bytes of zeros straight from the system, in pages that count only
 * once they are touched; memory_unmap gives all of them back to it at once.
 * For pieces that are large, many, and gone one day. Never NULL. */
void *memory_map(size_t size) __attribute__((returns_nonnull));
void memory_unmap(void *p, size_t size);

/* All of what memory_map gave will be written to soon: its pages come at once,
 * which costs less than one by one. */
void memory_populate(void *p, size_t size);

#endif
