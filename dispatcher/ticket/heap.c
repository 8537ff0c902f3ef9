/*
 * A 4-ary heap: half as deep as a binary one, and the four children of an
 * item share a cache line.
 */
#include "ticket_heap.h"

#include "memory.h"

#include <stdlib.h>

enum { ARITY = 4 };

static void settle(struct ticket_heap *h, uint32_t place,
                   struct ticket_heap_item item)
{
    h->items[place] = item;
    h->places[item.slot] = place + 1;
}

static void sift_up(struct ticket_heap *h, uint32_t place,
                    struct ticket_heap_item item)
{
    while (place) {
        uint32_t parent = (place - 1) / ARITY;

        if (h->items[parent].due_at <= item.due_at)
            break;
        settle(h, place, h->items[parent]);
        place = parent;
    }
    settle(h, place, item);
}

/* The earliest child of a place; h->n when there is none. */
static uint32_t first_child(const struct ticket_heap *h, uint32_t place)
{
    uint64_t first = (uint64_t)place * ARITY + 1;
    uint64_t end = first + ARITY < h->n ? first + ARITY : h->n;
    uint64_t best = first;

    if (first >= h->n)
        return h->n;
    for (uint64_t i = first + 1; i < end; i++)
        if (h->items[i].due_at < h->items[best].due_at)
            best = i;
    return (uint32_t)best;
}

static void sift_down(struct ticket_heap *h, uint32_t place,
                      struct ticket_heap_item item)
{
    for (;;) {
        uint32_t child = first_child(h, place);

        if (child == h->n || h->items[child].due_at >= item.due_at)
            break;
        settle(h, place, h->items[child]);
        place = child;
    }
    settle(h, place, item);
}

/* Puts an item where it belongs, from a place that is free. */
static void sift(struct ticket_heap *h, uint32_t place,
                 struct ticket_heap_item item)
{
    if (place && h->items[(place - 1) / ARITY].due_at > item.due_at)
        sift_up(h, place, item);
    else
        sift_down(h, place, item);
}

static void cancel(struct ticket_heap *h, uint32_t place)
{
    struct ticket_heap_item last = h->items[--h->n];

    h->places[h->items[place].slot] = 0;
    if (place < h->n)
        sift(h, place, last);
}

/* Room for one more item, and for this slot. */
static void reserve(struct ticket_heap *h, uint32_t slot)
{
    if (h->n == h->size) {
        h->size = h->size ? h->size + h->size / 2 : 64;
        h->items = memory_grow(h->items, h->size, sizeof *h->items);
    }
    if (slot >= h->places_size) {
        uint32_t old = h->places_size;

        h->places_size = slot + slot / 2 + 64;
        h->places = memory_grow(h->places, h->places_size, sizeof *h->places);
        for (uint32_t i = old; i < h->places_size; i++)
            h->places[i] = 0;
    }
}

void ticket_heap_deinit(struct ticket_heap *h)
{
    free(h->items);
    free(h->places);
    *h = (struct ticket_heap){0};
}

void ticket_heap_set(struct ticket_heap *h, uint32_t slot, int64_t due_at)
{
    const struct ticket_heap_item item = {.due_at = due_at, .slot = slot};
    uint32_t place;

    reserve(h, slot);
    place = h->places[slot];
    if (place && due_at == INT64_MAX)
        cancel(h, place - 1);
    else if (place)
        sift(h, place - 1, item);
    else if (due_at != INT64_MAX)
        sift_up(h, h->n++, item);
}

bool ticket_heap_first(const struct ticket_heap *h, uint32_t *slot)
{
    if (h->n)
        *slot = h->items[0].slot;
    return h->n > 0;
}

size_t ticket_heap_memory(const struct ticket_heap *h)
{
    return h->size * sizeof *h->items + h->places_size * sizeof *h->places;
}
