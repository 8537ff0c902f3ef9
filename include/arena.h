/*
 * Memory for one record or one transaction: many small pieces, freed at once.
 *
 * An arena has a hard cap, so that no input can make the process grow: when
 * it is reached, allocation returns NULL and the input is rejected.
 */
#ifndef DISPATCHER_ARENA_H
#define DISPATCHER_ARENA_H

#include <stddef.h>

struct arena;

/* A new arena that hands out at most `cap` bytes. Never NULL: out of memory
 * ends the process. */
struct arena *arena_new(size_t cap);

/* Frees the arena and all that came from it, and sets *a to NULL. */
void arena_free(struct arena **a);

/* Takes back all that was handed out; keeps some memory for the next use. */
void arena_reset(struct arena *a);

/* `size` bytes, aligned to 16, not initialised; NULL when the cap is reached.
 * Valid until the arena is reset or freed. */
void *arena_alloc(struct arena *a, size_t size);

/* A copy of `size` bytes and a NUL behind them; NULL when the cap is
 * reached. */
char *arena_copy(struct arena *a, const void *bytes, size_t size);

/* Formats into the arena; NULL when the cap is reached. */
char *arena_printf(struct arena *a, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* Bytes handed out since the last reset. */
size_t arena_used(const struct arena *a);

#endif
