/*
 * Routes: keys, and the index over them.
 *
 * A city spells out up to a million rules, which share few values. So the
 * values are read once for each distinct text (compile_bodies.c), and what is
 * done for each single rule is a hash, a copy and a slot.
 */
#include "compile.h"

#include "memory.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* How many rules one area and category may share: they are compared each with
 * each. */
enum { GROUP_MAX = 1000 };

__attribute__((format(printf, 3, 4))) static bool
refuse_key(struct compile *c, const struct table_row *row, const char *format,
           ...)
{
    char why[256];
    va_list args;

    va_start(args, format);
    vsnprintf(why, sizeof(why), format, args);
    va_end(args);
    findings_add(c->findings, FINDING_ERROR, TABLE_ROUTES, row, "",
                 "the key '%s' %s", row->field, why);
    return false;
}

/* Cuts "area|category" or "area|category|name" into its parts. */
static bool read_key(struct compile *c, const struct table_row *row,
                     struct route *route)
{
    const char *key = row->field;
    const char *end = key + row->field_size;
    const char *bar = memchr(key, '|', row->field_size);
    char why[PATH_WHY_SIZE];

    if (!bar)
        return refuse_key(c, row, "has no vertical bar; write area|category");
    const char *category = bar + 1;
    const char *second = memchr(category, '|', (size_t)(end - category));
    if (second && (second + 1 == end ||
                   memchr(second + 1, '|', (size_t)(end - second - 1))))
        return refuse_key(c, row,
                          "has no name, or a bar too many, after the "
                          "category; write area|category|name");
    size_t area_size = (size_t)(bar - key);
    size_t category_size = (size_t)((second ? second : end) - category);
    if (!path_check(key, area_size, why))
        return refuse_key(c, row, "has an area that %s", why);
    if (!path_check(category, category_size, why))
        return refuse_key(c, row, "has a category that %s", why);
    route->area_size = (uint16_t)area_size;
    route->category_size = (uint16_t)category_size;
    return true;
}

static void copy_keys(struct compile *c)
{
    const struct table *t = &c->tables->tables[TABLE_ROUTES];
    struct catalogue *cat = c->cat;
    char *next;

    cat->n_routes = t->n;
    cat->routes = memory_new_array(t->n, sizeof(cat->routes[0]));
    for (size_t i = 0; i < t->n; i++)
        cat->keys_size += t->rows[i].field_size + 1;
    cat->keys = memory_new(cat->keys_size);
    next = cat->keys;
    for (size_t i = 0; i < t->n; i++) {
        const struct table_row *row = &t->rows[i];
        if (!read_key(c, row, &cat->routes[i]))
            continue;
        cat->routes[i].key = next;
        memcpy(next, row->field, row->field_size + 1);
        next += row->field_size + 1;
    }
}

/* Puts a rule into the list of its group: more kinds of conditions first,
 * equal ones in the order of their keys. */
static void insert(struct compile *c, uint32_t *first, uint32_t added)
{
    struct route *routes = c->cat->routes;
    struct route *route = &routes[added - 1];
    uint32_t *at = first;
    size_t before = 0;

    while (*at != 0 && routes[*at - 1].kinds >= route->kinds) {
        at = &routes[*at - 1].next;
        before++;
    }
    if (before >= GROUP_MAX) {
        findings_add(c->findings, FINDING_ERROR, TABLE_ROUTES,
                     &c->tables->tables[TABLE_ROUTES].rows[added - 1], "",
                     "more than %d rules share this area and category; take "
                     "some out or name finer categories",
                     GROUP_MAX);
        return;
    }
    route->next = *at;
    *at = added;
}

static void index_route(struct compile *c, uint32_t added)
{
    struct catalogue *cat = c->cat;
    struct route *route = &cat->routes[added - 1];
    struct path area, category;

    path_read(&area, route->key, route->area_size);
    path_read(&category, route->key + route->area_size + 1,
              route->category_size);
    route->area_depth = (uint8_t)area.depth;
    route->category_depth = (uint8_t)category.depth;
    const struct tuple tuple = tuple_of(route);
    struct route_slot *slot =
        &cat->slots[routes_find_slot(cat, &area, &category, &tuple)];
    slot->tag =
        (uint32_t)(group_hash(area.hash[area.depth],
                              category.hash[category.depth], route->override) >>
                   32);
    insert(c, &slot->first, added);
}

static int compare_tuples(const void *a, const void *b)
{
    const struct tuple *left = a;
    const struct tuple *right = b;

    if (left->override != right->override)
        return right->override - left->override;
    if (left->category_depth != right->category_depth)
        return right->category_depth - left->category_depth;
    return right->area_depth - left->area_depth;
}

/* The pairs of depths that occur, in order of precedence. */
static void collect_tuples(struct catalogue *cat)
{
    bool seen[2][PATH_MAX_STEPS + 1][PATH_MAX_STEPS + 1] = {0};

    for (size_t i = 0; i < cat->n_routes; i++) {
        const struct tuple t = tuple_of(&cat->routes[i]);
        bool *known = &seen[t.override][t.category_depth][t.area_depth];
        if (*known || !cat->routes[i].key)
            continue;
        *known = true;
        cat->tuples[cat->n_tuples++] = t;
    }
    qsort(cat->tuples, cat->n_tuples, sizeof(cat->tuples[0]), compare_tuples);
}

void compile_routes(struct compile *c)
{
    struct catalogue *cat = c->cat;
    uint64_t size = 2;

    copy_keys(c);
    compile_bodies(c);
    /* At most half full, so that a search for what is not there is short. */
    while (size < 2 * cat->n_routes)
        size *= 2;
    cat->slots = memory_new_array(size, sizeof(cat->slots[0]));
    cat->slot_mask = size - 1;
    for (size_t i = 0; i < cat->n_routes; i++) {
        if (cat->routes[i].key)
            index_route(c, (uint32_t)i + 1);
    }
    collect_tuples(cat);
}
