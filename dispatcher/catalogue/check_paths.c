/*
 * Warns of paths that a person would take for the same: a rule for "Water" and
 * tickets in "water " never meet.
 *
 * Each distinct prefix of a path is folded once; two with the same fold are a
 * finding. A million rules have a few thousand distinct prefixes.
 */
#include "compile.h"

#include "arena.h"
#include "lookalike.h"
#include "match.h"
#include "memory.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#define XXH_INLINE_ALL
#include <xxhash.h>

/* One path that was seen, under a text that stands for it. */
struct seen {
    struct slice key;
    struct slice path;
    enum table_id table;
    const struct table_row *row;
};

/* An open-addressing set of what was seen; grows. */
struct seen_set {
    struct seen *items; /* key.text NULL: empty */
    size_t n;
    size_t size; /* a power of two, or 0 */
};

static struct seen *find(const struct seen_set *set, struct slice key)
{
    for (uint64_t at = XXH3_64bits(key.text, key.size);; at++) {
        struct seen *item = &set->items[at & (set->size - 1)];
        bool same = item->key.text && item->key.size == key.size &&
                    memcmp(item->key.text, key.text, key.size) == 0;
        if (same || !item->key.text)
            return item;
    }
}

/* Makes room for one more; pointers from find() end here. */
static void reserve(struct seen_set *set)
{
    struct seen_set old = *set;

    if (2 * (set->n + 1) <= set->size)
        return;
    set->size = old.size ? 2 * old.size : 1024;
    set->items = memory_new_array(set->size, sizeof(set->items[0]));
    for (size_t i = 0; i < old.size; i++) {
        if (old.items[i].key.text)
            *find(set, old.items[i].key) = old.items[i];
    }
    free(old.items);
}

/* Adds `added` unless its key is there. Returns what was there, or NULL. */
static const struct seen *seen_before(struct seen_set *set,
                                      const struct seen *added)
{
    reserve(set);
    struct seen *item = find(set, added->key);
    if (item->key.text)
        return item;
    *item = *added;
    set->n++;
    return NULL;
}

/* Paths of one kind: areas, or categories. */
struct paths {
    struct compile *c;
    struct arena *folds;
    struct seen_set exact;
    struct seen_set folded;
};

static struct slice last_step(struct slice path)
{
    const char *slash = memrchr(path.text, '/', path.size);

    if (!slash)
        return path;
    return (struct slice){slash + 1,
                          path.size - (size_t)(slash + 1 - path.text)};
}

/* Two paths with the same last step differ further up, and are told there. */
static bool differ_further_up(struct slice a, struct slice b)
{
    a = last_step(a);
    b = last_step(b);
    return a.size == b.size && memcmp(a.text, b.text, a.size) == 0;
}

static void check_prefix(struct paths *p, struct seen *prefix)
{
    char fold[PATH_MAX_SIZE], place[LINE_TEXT_SIZE];
    size_t size = lookalike_fold(prefix->path.text, prefix->path.size, fold);
    const char *copy = arena_copy(p->folds, fold, size);

    assert(copy);
    prefix->key = (struct slice){copy, size};
    const struct seen *other = seen_before(&p->folded, prefix);
    if (!other || differ_further_up(prefix->path, other->path))
        return;
    findings_add(p->c->findings, FINDING_WARNING, prefix->table, prefix->row,
                 "",
                 "'%.*s' looks like '%.*s' of %s%s but is another path; "
                 "write both in the same way",
                 (int)prefix->path.size, prefix->path.text,
                 (int)other->path.size, other->path.text,
                 table_name(other->table), compile_line(other->row, place));
}

/* Looks at a path and, from the longest on, at its prefixes, up to one that
 * was seen: then those above it were, too. */
static void check_path(struct paths *p, struct slice path, enum table_id table,
                       const struct table_row *row)
{
    while (path.size > 0) {
        struct seen seen = {path, path, table, row};
        if (seen_before(&p->exact, &seen))
            return;
        check_prefix(p, &seen);
        const char *slash = memrchr(path.text, '/', path.size);
        path.size = slash ? (size_t)(slash - path.text) : 0;
    }
}

static void paths_deinit(struct paths *p)
{
    free(p->exact.items);
    free(p->folded.items);
    arena_free(&p->folds);
}

static void check_areas(struct paths *p)
{
    const struct table *t = &p->c->tables->tables[TABLE_AREAS];

    for (size_t i = 0; i < t->n; i++) {
        if (path_check(t->rows[i].field, t->rows[i].field_size, NULL))
            check_path(p,
                       (struct slice){t->rows[i].field, t->rows[i].field_size},
                       TABLE_AREAS, &t->rows[i]);
    }
}

void check_paths(struct compile *c)
{
    const struct table *t = &c->tables->tables[TABLE_ROUTES];
    struct paths areas = {.c = c, .folds = arena_new(SIZE_MAX)};
    struct paths categories = {.c = c, .folds = arena_new(SIZE_MAX)};

    check_areas(&areas);
    for (size_t i = 0; i < t->n; i++) {
        const struct route *route = &c->cat->routes[i];
        if (!route->key)
            continue;
        check_path(&areas, route_area(route), TABLE_ROUTES, &t->rows[i]);
        check_path(&categories, route_category(route), TABLE_ROUTES,
                   &t->rows[i]);
    }
    paths_deinit(&areas);
    paths_deinit(&categories);
}
