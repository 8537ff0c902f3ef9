/*
 * A 4-ary heap: half as deep as a binary one, and four children lie in one
 * line of the cache, for which items begin at index 3.
 *
 *   index   3  |  4 5 6 7  |  8 9 10 11  ...
 *   place   0  |  1 2 3 4  |  5 6  7  8  ...
 */
#include "heap.h"

enum { ARITY = 4, FIRST_INDEX = ARITY - 1 };

struct item {
    int64_t due_at;
    uint32_t slot;
};

static struct item *item_at(const struct heap *h, uint32_t place)
{
    return segments_at(&h->items, place + FIRST_INDEX);
}

void heap_init(struct heap *h)
{
    *h = (struct heap){.items.item_size = sizeof(struct item)};
}

void heap_deinit(struct heap *h)
{
    segments_deinit(&h->items);
}

static void settle(struct heap *h, struct segments *slots, uint32_t place,
                   struct item item)
{
    *item_at(h, place) = item;
    slot_at(slots, item.slot)->place = place + 1;
}

static void sift_up(struct heap *h, struct segments *slots, uint32_t place,
                    struct item item)
{
    while (place) {
        uint32_t parent = (place - 1) / ARITY;

        if (item_at(h, parent)->due_at <= item.due_at)
            break;
        settle(h, slots, place, *item_at(h, parent));
        place = parent;
    }
    settle(h, slots, place, item);
}

/* The earliest child of a place; h->n when there is none. */
static uint32_t first_child(const struct heap *h, uint32_t place)
{
    uint64_t first = (uint64_t)place * ARITY + 1;
    uint64_t end = first + ARITY < h->n ? first + ARITY : h->n;

    if (first >= h->n)
        return h->n;
    const struct item *children = item_at(h, (uint32_t)first);
    uint32_t best = 0;
    for (uint32_t i = 1; i < end - first; i++)
        if (children[i].due_at < children[best].due_at)
            best = i;
    return (uint32_t)first + best;
}

static void sift_down(struct heap *h, struct segments *slots, uint32_t place,
                      struct item item)
{
    for (;;) {
        uint32_t child = first_child(h, place);

        if (child == h->n || item_at(h, child)->due_at >= item.due_at)
            break;
        settle(h, slots, place, *item_at(h, child));
        place = child;
    }
    settle(h, slots, place, item);
}

/* Puts an item where it belongs, from a place that is free. */
static void sift(struct heap *h, struct segments *slots, uint32_t place,
                 struct item item)
{
    if (place && item_at(h, (place - 1) / ARITY)->due_at > item.due_at)
        sift_up(h, slots, place, item);
    else
        sift_down(h, slots, place, item);
}

static void cancel(struct heap *h, struct segments *slots, uint32_t place)
{
    struct item last = *item_at(h, --h->n);

    slot_at(slots, item_at(h, place)->slot)->place = NONE;
    if (place < h->n)
        sift(h, slots, place, last);
    segments_trim(&h->items, (size_t)h->n + FIRST_INDEX);
}

void heap_set(struct heap *h, struct segments *slots, uint32_t slot,
              int64_t due_at)
{
    const struct item item = {.due_at = due_at, .slot = slot};
    uint32_t place = slot_at(slots, slot)->place;

    if (place != NONE && due_at == INT64_MAX) {
        cancel(h, slots, place - 1);
    } else if (place != NONE) {
        sift(h, slots, place - 1, item);
    } else if (due_at != INT64_MAX) {
        segments_reserve(&h->items, (size_t)h->n + 1 + FIRST_INDEX);
        sift_up(h, slots, h->n++, item);
    }
}

void heap_renumber(struct heap *h, const struct slot *slot, uint32_t number)
{
    if (slot->place != NONE)
        item_at(h, slot->place - 1)->slot = number;
}

int64_t heap_due(const struct heap *h, const struct slot *slot)
{
    return slot->place == NONE ? INT64_MAX
                               : item_at(h, slot->place - 1)->due_at;
}

bool heap_first(const struct heap *h, uint32_t *slot)
{
    if (h->n)
        *slot = item_at(h, 0)->slot;
    return h->n > 0;
}
