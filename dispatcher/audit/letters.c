/*
 * A list, and an index by partition and offset.
 */
#include "letters.h"

#include "memory.h"

#include <stdlib.h>
#include <xxhash.h>

enum { FIRST_PLACES = 64, FREE = 0 };

struct letters {
    struct letter *items;
    size_t n;
    uint32_t *places; /* index plus one; FREE: none */
    size_t n_places;  /* a power of two, more than n */
};

struct letters *letters_new(void)
{
    struct letters *l = memory_new(sizeof(*l));

    l->n_places = FIRST_PLACES;
    l->places = memory_new_array(l->n_places, sizeof(*l->places));
    return l;
}

void letters_free(struct letters **l)
{
    if (!*l)
        return;
    free((*l)->items);
    free((*l)->places);
    free(*l);
    *l = NULL;
}

static size_t find_place(const struct letters *l, int32_t partition,
                         int64_t offset)
{
    size_t place = XXH64(&offset, sizeof(offset), (uint64_t)partition);

    for (;; place++) {
        place &= l->n_places - 1;
        if (l->places[place] == FREE)
            return place;
        const struct letter *item = &l->items[l->places[place] - 1];
        if (item->partition == partition && item->offset == offset)
            return place;
    }
}

struct letter *letters_find(const struct letters *l, int32_t partition,
                            int64_t offset)
{
    uint32_t number = l->places[find_place(l, partition, offset)];

    return number == FREE ? NULL : &l->items[number - 1];
}

static void grow(struct letters *l)
{
    free(l->places);
    l->n_places *= 2;
    l->places = memory_new_array(l->n_places, sizeof(*l->places));
    l->items = memory_grow(l->items, l->n_places, sizeof(*l->items));
    for (size_t i = 0; i < l->n; i++)
        l->places[find_place(l, l->items[i].partition, l->items[i].offset)] =
            (uint32_t)i + 1;
}

void letters_add(struct letters *l, const struct letter *letter)
{
    if (!l->items || l->n * 2 >= l->n_places)
        grow(l);
    l->items[l->n++] = *letter;
    l->places[find_place(l, letter->partition, letter->offset)] =
        (uint32_t)l->n;
}

const struct letter *letters_at(const struct letters *l, size_t i)
{
    return &l->items[i];
}

size_t letters_count(const struct letters *l)
{
    return l->n;
}

uint64_t letters_digest(const void *key, size_t key_size, const void *value,
                        size_t value_size)
{
    uint64_t digest = key ? XXH64(key, key_size, 1) : 0;

    return value ? XXH64(value, value_size, digest) : ~digest;
}
