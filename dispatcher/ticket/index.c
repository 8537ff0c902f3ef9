/*
 * Tables of linear probing under a directory (Fagin et al., 1979).
 *
 *   depth 2:   00 01 10 11
 *               |  |   \_/
 *               A  B    C     C has depth 1: it was not split a second time
 *
 * A table that splitting does not help, because all its hashes are the same,
 * gets further ones behind it.
 */
#include "index.h"

#include "memory.h"

#include <assert.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

enum {
    TABLE_SIZE = 32 * 1024,
    PLACES = TABLE_SIZE / 8 - 2,
    FULL = PLACES / 8 * 7,
    SPARSE = PLACES / 4, /* below this it is joined with its neighbour */
    JOINED = PLACES / 2, /* at most */
    DEPTH_MAX = 20,
};

struct place {
    uint32_t hash;
    uint32_t slot; /* plus one; 0: empty */
};

struct index_table {
    struct index_table *more;
    uint32_t n;
    uint32_t depth; /* so many first bits of the hash are the same in all */
    struct place places[PLACES];
};

_Static_assert(sizeof(struct index_table) == TABLE_SIZE, "no page is wasted");

/* ----------------------------------------------------------------- a table */

static struct index_table *table_new(struct index *x, unsigned depth)
{
    struct index_table *t = x->spare;

    x->spare = NULL;
    if (t) {
        memset(t, 0, sizeof(*t));
    } else {
        t = memory_map(sizeof(*t));
        memory_populate(t, sizeof(*t));
    }
    t->depth = depth;
    x->n_tables++;
    return t;
}

static void drop_spare(struct index *x)
{
    if (x->spare)
        memory_unmap(x->spare, sizeof(*x->spare));
    x->spare = NULL;
}

static void table_free(struct index *x, struct index_table *t)
{
    x->n_tables--;
    drop_spare(x);
    x->spare = t;
}

static uint32_t home_of(uint32_t hash)
{
    return hash % PLACES;
}

static uint32_t place_after(uint32_t place)
{
    return place + 1 < PLACES ? place + 1 : 0;
}

/* How far it is from one place to another. */
static uint32_t distance(uint32_t from, uint32_t to)
{
    return to >= from ? to - from : to + PLACES - from;
}

static void table_add(struct index_table *t, struct place added)
{
    uint32_t i = home_of(added.hash);

    while (t->places[i].slot != 0)
        i = place_after(i);
    t->places[i] = added;
    t->n++;
}

/* Empties a place and moves up what had been pushed behind it. */
static void table_remove(struct index_table *t, uint32_t hole)
{
    for (uint32_t i = place_after(hole); t->places[i].slot != 0;
         i = place_after(i)) {
        uint32_t home = home_of(t->places[i].hash);

        if (distance(home, i) < distance(hole, i))
            continue;
        t->places[hole] = t->places[i];
        hole = i;
    }
    t->places[hole].slot = 0;
    t->n--;
}

/* Adds all that is in `from`, of a bit of the hash only where it is set or
 * not. */
static void table_add_all(struct index_table *t, const struct index_table *from,
                          uint32_t bit, bool set)
{
    for (uint32_t i = 0; i < PLACES; i++) {
        const struct place *p = &from->places[i];

        if (p->slot != 0 && ((p->hash & bit) != 0) == set)
            table_add(t, *p);
    }
}

/* ------------------------------------------------------------- the directory
 */

static size_t entry_of(const struct index *x, uint32_t hash)
{
    return (size_t)((uint64_t)hash >> (32 - x->depth));
}

/* Lets the part of the directory that leads to tables with these first bits
 * lead to `t`. */
static void point_to(struct index *x, uint32_t hash, struct index_table *t)
{
    size_t n = (size_t)1 << (x->depth - t->depth);
    size_t first = entry_of(x, hash) / n * n;

    for (size_t i = 0; i < n; i++)
        x->directory[first + i] = t;
}

static void double_directory(struct index *x)
{
    size_t n = (size_t)1 << x->depth;

    x->directory = memory_grow(x->directory, 2 * n, sizeof(*x->directory));
    for (size_t i = n; i-- > 0;)
        x->directory[2 * i] = x->directory[2 * i + 1] = x->directory[i];
    x->depth++;
}

/* Makes two tables of one. */
static void split(struct index *x, uint32_t hash, struct index_table *t)
{
    uint32_t bit = UINT32_C(1) << (31 - t->depth);
    struct index_table *zero = table_new(x, t->depth + 1);
    struct index_table *one = table_new(x, t->depth + 1);

    if (t->depth == x->depth)
        double_directory(x);
    table_add_all(zero, t, bit, false);
    table_add_all(one, t, bit, true);
    point_to(x, hash & ~bit, zero);
    point_to(x, hash | bit, one);
    table_free(x, t);
}

/* Joins a table and its neighbour, if both are nearly empty. */
static void join(struct index *x, uint32_t hash, struct index_table *t)
{
    uint32_t bit;
    struct index_table *other;

    if (t->n >= SPARSE || t->depth == 0 || t->more)
        return;
    bit = UINT32_C(1) << (32 - t->depth);
    other = x->directory[entry_of(x, hash ^ bit)];
    if (other->depth != t->depth || other->more || t->n + other->n > JOINED)
        return;
    table_add_all(t, other, 0, false);
    t->depth--;
    point_to(x, hash, t);
    table_free(x, other);
}

/* --------------------------------------------------------------- interface */

void index_init(struct index *x)
{
    *x =
        (struct index){.directory = memory_new_array(1, sizeof(*x->directory))};
    x->directory[0] = table_new(x, 0);
}

void index_deinit(struct index *x)
{
    size_t end = (size_t)1 << x->depth;

    for (size_t i = 0; i < end;) {
        struct index_table *t = x->directory[i];

        i += (size_t)1 << (x->depth - t->depth);
        while (t) {
            struct index_table *more = t->more;
            table_free(x, t);
            t = more;
        }
    }
    drop_spare(x);
    free(x->directory);
    *x = (struct index){0};
}

/* The table with room for one more of this hash. */
static struct index_table *table_with_room(struct index *x, uint32_t hash)
{
    struct index_table *t = x->directory[entry_of(x, hash)];

    while (t->n >= FULL && t->depth < DEPTH_MAX) {
        split(x, hash, t);
        t = x->directory[entry_of(x, hash)];
    }
    while (t->n >= FULL) {
        if (!t->more)
            t->more = table_new(x, t->depth);
        t = t->more;
    }
    return t;
}

void index_add(struct index *x, uint32_t hash, uint32_t slot)
{
    table_add(table_with_room(x, hash), (struct place){hash, slot + 1});
}

/* The place of a slot, which is in this table or behind it; sets *table to
 * where it was found. */
static uint32_t find_place(struct index_table **table, uint32_t hash,
                           uint32_t slot)
{
    for (struct index_table *t = *table; t; t = t->more) {
        for (uint32_t i = home_of(hash); t->places[i].slot != 0;
             i = place_after(i)) {
            if (t->places[i].slot != slot + 1)
                continue;
            *table = t;
            return i;
        }
    }
    assert(!"the slot is in the index");
    return 0;
}

void index_remove(struct index *x, uint32_t hash, uint32_t slot)
{
    struct index_table *first = x->directory[entry_of(x, hash)];
    struct index_table *t = first;
    struct index_table **link = &first->more;
    uint32_t place = find_place(&t, hash, slot);

    table_remove(t, place);
    if (t == first) {
        join(x, hash, t);
        return;
    }
    if (t->n > 0)
        return;
    while (*link != t)
        link = &(*link)->more;
    *link = t->more;
    table_free(x, t);
}

void index_renumber(struct index *x, uint32_t hash, uint32_t from, uint32_t to)
{
    struct index_table *t = x->directory[entry_of(x, hash)];
    uint32_t place = find_place(&t, hash, from);

    t->places[place].slot = to + 1;
}

uint32_t index_next(const struct index *x, struct index_search *search)
{
    const struct index_table *t = search->table;
    uint32_t i = search->place;

    if (!t) {
        t = x->directory[entry_of(x, search->hash)];
        i = home_of(search->hash);
    }
    for (; t; t = t->more, i = home_of(search->hash)) {
        for (; t->places[i].slot != 0; i = place_after(i)) {
            if (t->places[i].hash != search->hash)
                continue;
            search->table = t;
            search->place = place_after(i);
            return t->places[i].slot;
        }
    }
    return 0;
}

void index_expect(const struct index *x, uint32_t hash)
{
    const struct index_table *t = x->directory[entry_of(x, hash)];

    __builtin_prefetch(&t->places[home_of(hash)], 1);
}

size_t index_memory(const struct index *x)
{
    return (x->n_tables + (x->spare != NULL)) * TABLE_SIZE +
           ((size_t)1 << x->depth) * sizeof(*x->directory);
}
