/*
 * An array in pieces: it grows without a copy, never needs twice its memory,
 * and gives back what it no longer needs.
 *
 *   pieces -> [ 4096 items ] [ 4096 items ] [ 4096 items ]
 */
#ifndef DISPATCHER_TICKET_SEGMENTS_H
#define DISPATCHER_TICKET_SEGMENTS_H

#include <stddef.h>
#include <stdint.h>

enum { SEGMENT_BITS = 12, SEGMENT_ITEMS = 1 << SEGMENT_BITS };

/* Start from {.item_size = ...}. */
struct segments {
    char **pieces;
    uint32_t n;    /* pieces */
    uint32_t size; /* room in `pieces` */
    uint32_t item_size;
};

void segments_deinit(struct segments *s);

/* Pieces for `n` items in all; new items are zeros. */
void segments_reserve(struct segments *s, size_t n);

/* Gives back the pieces behind `n` items, but one. */
void segments_trim(struct segments *s, size_t n);

size_t segments_memory(const struct segments *s);

static inline void *segments_at(const struct segments *s, uint32_t i)
{
    return s->pieces[i >> SEGMENT_BITS] +
           (size_t)(i % SEGMENT_ITEMS) * s->item_size;
}

#endif
