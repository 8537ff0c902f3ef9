/*
 * A hash table of texts, open addressing.
 */
#include "names.h"

#include "memory.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>
#include <xxhash.h>

enum { FIRST_PLACES = 64, FREE = 0 };

struct names {
    char **texts;
    uint32_t n;
    uint32_t *places; /* number plus one; FREE: none */
    size_t n_places;  /* a power of two, more than n */
};

static size_t find_place(const struct names *n, const char *text)
{
    size_t place = XXH3_64bits(text, strlen(text)) & (n->n_places - 1);

    while (n->places[place] != FREE &&
           strcmp(n->texts[n->places[place] - 1], text) != 0)
        place = (place + 1) & (n->n_places - 1);
    return place;
}

static void grow(struct names *n)
{
    free(n->places);
    n->n_places *= 2;
    n->places = memory_new_array(n->n_places, sizeof(*n->places));
    n->texts = memory_grow(n->texts, n->n_places, sizeof(*n->texts));
    for (uint32_t i = 0; i < n->n; i++)
        n->places[find_place(n, n->texts[i])] = i + 1;
}

struct names *names_new(void)
{
    struct names *n = memory_new(sizeof(*n));

    n->n_places = FIRST_PLACES / 2;
    grow(n);
    uint32_t empty = names_add(n, "");
    uint32_t unknown = names_add(n, "\x01"); /* nobody is called so */
    assert(empty == NAMES_EMPTY && unknown == NAMES_UNKNOWN);
    (void)empty;
    (void)unknown;
    return n;
}

void names_free(struct names **n)
{
    if (!*n)
        return;
    for (uint32_t i = 0; i < (*n)->n; i++)
        free((*n)->texts[i]);
    free((*n)->texts);
    free((*n)->places);
    free(*n);
    *n = NULL;
}

uint32_t names_add(struct names *n, const char *text)
{
    size_t place = find_place(n, text);

    if (n->places[place] != FREE)
        return n->places[place] - 1;
    if ((size_t)n->n * 2 >= n->n_places) {
        grow(n);
        place = find_place(n, text);
    }
    n->texts[n->n] = memory_copy_text(text);
    n->places[place] = ++n->n;
    return n->n - 1;
}

uint32_t names_find(const struct names *n, const char *text)
{
    size_t place = find_place(n, text);

    return n->places[place] == FREE ? NAMES_UNKNOWN : n->places[place] - 1;
}

const char *names_text(const struct names *n, uint32_t number)
{
    assert(number < n->n);
    return n->texts[number];
}
