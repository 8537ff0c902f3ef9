/*
 * Pieces of an array.
 */
#include "segments.h"

#include "memory.h"

#include <stdlib.h>

static size_t piece_size(const struct segments *s)
{
    return (size_t)s->item_size * SEGMENT_ITEMS;
}

static void drop_last(struct segments *s)
{
    memory_unmap(s->pieces[--s->n], piece_size(s));
}

void segments_deinit(struct segments *s)
{
    while (s->n > 0)
        drop_last(s);
    free(s->pieces);
    *s = (struct segments){.item_size = s->item_size};
}

static void add(struct segments *s)
{
    if (s->n == s->size) {
        s->size = s->size ? s->size * 2 : 4;
        s->pieces = memory_grow(s->pieces, s->size, sizeof(*s->pieces));
    }
    s->pieces[s->n] = memory_map(piece_size(s));
    if (s->n > 0) /* then this one will be full soon */
        memory_populate(s->pieces[s->n], piece_size(s));
    s->n++;
}

void segments_reserve(struct segments *s, size_t n)
{
    while ((size_t)s->n * SEGMENT_ITEMS < n)
        add(s);
}

void segments_trim(struct segments *s, size_t n)
{
    size_t needed = (n + SEGMENT_ITEMS - 1) / SEGMENT_ITEMS;

    while (s->n > needed + 1)
        drop_last(s);
}

size_t segments_memory(const struct segments *s)
{
    return s->n * piece_size(s) + s->size * sizeof(*s->pieces);
}
