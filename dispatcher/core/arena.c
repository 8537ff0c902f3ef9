/*
 * An arena is a chain of blocks, newest first; pieces are cut off the newest.
 *
 *   arena -> [ block: 64 KiB, in use ] -> [ block: 32 KiB, full ] -> NULL
 *
 * Each block is at least twice as large as the one before it, so that a few
 * resets leave one block that is large enough for the usual load. A block that
 * an unusual load made larger than ARENA_KEEP goes back at the next reset.
 */
#include "arena.h"

#include "memory.h"

#include <assert.h>
#include <stdalign.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* With AddressSanitizer each piece has a fence behind it and is out of bounds
 * after a reset; otherwise the macros are empty. */
#if defined(__has_include)
#if __has_include(<sanitizer/asan_interface.h>)
#include <sanitizer/asan_interface.h>
#endif
#endif
#ifndef ASAN_POISON_MEMORY_REGION
#define ASAN_POISON_MEMORY_REGION(p, size) ((void)(p), (void)(size))
#define ASAN_UNPOISON_MEMORY_REGION(p, size) ((void)(p), (void)(size))
#endif
#if defined(__SANITIZE_ADDRESS__)
#define ARENA_FENCE 16
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define ARENA_FENCE 16
#endif
#endif
#ifndef ARENA_FENCE
#define ARENA_FENCE 0
#endif

enum {
    ARENA_ALIGN = 16,
    ARENA_FIRST_BLOCK = 16 * 1024,
    ARENA_KEEP = 4 * 1024 * 1024,
};

struct block {
    struct block *older;
    size_t size;
    size_t used;
    alignas(ARENA_ALIGN) unsigned char bytes[];
};

struct arena {
    size_t cap;
    size_t used; /* over all blocks, without fences */
    struct block *newest;
};

static void block_free(struct block *b)
{
    ASAN_UNPOISON_MEMORY_REGION(b->bytes, b->size);
    free(b);
}

static struct block *block_new(size_t size, struct block *older)
{
    /* Not memory_new: zeroing would touch pages that may never be used. */
    struct block *b = memory_grow(NULL, 1, sizeof(*b) + size);

    b->older = older;
    b->size = size;
    b->used = 0;
    ASAN_POISON_MEMORY_REGION(b->bytes, size);
    return b;
}

struct arena *arena_new(size_t cap)
{
    struct arena *a = memory_new(sizeof(*a));

    /* Sums of two sizes below the cap must not overflow. */
    a->cap = cap < SIZE_MAX / 8 ? cap : SIZE_MAX / 8;
    a->newest = block_new(ARENA_FIRST_BLOCK, NULL);
    return a;
}

static void free_older(struct block *b)
{
    struct block *older = b->older;

    b->older = NULL;
    while (older) {
        struct block *next = older->older;
        block_free(older);
        older = next;
    }
}

void arena_free(struct arena **a)
{
    if (!*a)
        return;
    free_older((*a)->newest);
    block_free((*a)->newest);
    free(*a);
    *a = NULL;
}

void arena_reset(struct arena *a)
{
    struct block *b = a->newest;

    free_older(b);
    a->used = 0;
    if (b->size > ARENA_KEEP) {
        block_free(b);
        a->newest = block_new(ARENA_FIRST_BLOCK, NULL);
        return;
    }
    b->used = 0;
    ASAN_POISON_MEMORY_REGION(b->bytes, b->size);
}

static void add_block(struct arena *a, size_t needed)
{
    size_t size = 2 * a->newest->size;

    a->newest = block_new(size < needed ? needed : size, a->newest);
}

void *arena_alloc(struct arena *a, size_t size)
{
    if (size > a->cap - a->used)
        return NULL;
    /* Round up; one unit for nothing, so that pieces have own addresses. */
    size_t rounded =
        ((size ? size : 1) + ARENA_ALIGN - 1) & ~(size_t)(ARENA_ALIGN - 1);
    if (rounded > a->cap - a->used)
        return NULL;
    size_t needed = rounded + ARENA_FENCE;
    if (needed > a->newest->size - a->newest->used)
        add_block(a, needed);

    struct block *b = a->newest;
    void *p = b->bytes + b->used;
    b->used += needed;
    assert(b->used <= b->size);
    a->used += rounded;
    ASAN_UNPOISON_MEMORY_REGION(p, size);
    return p;
}

char *arena_copy(struct arena *a, const void *bytes, size_t size)
{
    if (size == SIZE_MAX)
        return NULL;
    char *copy = arena_alloc(a, size + 1);
    if (!copy)
        return NULL;
    if (size)
        memcpy(copy, bytes, size);
    copy[size] = '\0';
    return copy;
}

char *arena_printf(struct arena *a, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    int length = vsnprintf(NULL, 0, format, args);
    va_end(args);
    if (length < 0)
        return NULL;
    char *text = arena_alloc(a, (size_t)length + 1);
    if (!text)
        return NULL;
    va_start(args, format);
    vsnprintf(text, (size_t)length + 1, format, args);
    va_end(args);
    return text;
}

size_t arena_used(const struct arena *a)
{
    return a->used;
}
