/*
 * Areas: a tree of paths, each with the units that do a duty there.
 *
 * Units are numbered by name over the whole catalogue, so that a rule asks an
 * area for a number and not for a text.
 */
#include "compile.h"

#include "memory.h"

#include <stddef.h>
#include <stdlib.h>
#include <string.h>

static void read_units(struct entry *e, json_t *value, void *field)
{
    struct area *area = field;
    const char *name;
    json_t *department;
    size_t n = 0;

    if (!json_is_object(value)) {
        entry_error(e, "'units' is no object; write {\"housing\": \"id\"}");
        return;
    }
    struct area_unit *units =
        compile_alloc(e->c, json_object_size(value) * sizeof(*units));
    json_object_foreach(value, name, department)
    {
        if (name[0] == '\0')
            entry_error(e, "'units' has a unit without a name; give it one");
        read_department(e, department, &units[n].department);
        units[n++].name = compile_text(e->c, name);
    }
    area->units = units;
    area->n_units = n;
}

static const struct member members[] = {
    {"name", read_text, offsetof(struct area, name), false},
    {"department", read_department, offsetof(struct area, department), false},
    {"units", read_units, 0, false},
};

static void index_areas(struct catalogue *cat)
{
    uint64_t size = 2;

    while (size < 2 * cat->n_areas)
        size *= 2;
    cat->area_slots = memory_new_array(size, sizeof(cat->area_slots[0]));
    cat->area_mask = size - 1;
    for (size_t i = 0; i < cat->n_areas; i++) {
        struct path path;
        path_read(&path, cat->areas[i].path, cat->areas[i].path_size);
        uint64_t at = path.hash[path.depth];
        while (cat->area_slots[at & cat->area_mask] != 0)
            at++;
        cat->area_slots[at & cat->area_mask] = (uint32_t)i + 1;
    }
}

static void link_areas(struct catalogue *cat)
{
    for (size_t i = 0; i < cat->n_areas; i++) {
        struct area *area = &cat->areas[i];
        struct path path;

        path_read(&path, area->path, area->path_size);
        if (path.depth == 0)
            continue; /* Refused: the path is empty. */
        path.depth--;
        area->above = areas_nearest(cat, &path);
        if (area->above)
            cat->areas[area->above - cat->areas].has_below = true;
    }
}

static int compare_names(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static int compare_units(const void *a, const void *b)
{
    const struct area_unit *left = a;
    const struct area_unit *right = b;

    return (left->unit > right->unit) - (left->unit < right->unit);
}

static size_t count_units(const struct catalogue *cat)
{
    size_t n = 0;

    for (size_t i = 0; i < cat->n_areas; i++)
        n += cat->areas[i].n_units;
    return n;
}

/* Sorts names[1..n] and drops repeats. Returns how many are left. */
static size_t make_distinct(const char **names, size_t n)
{
    size_t kept = 0;

    qsort(names + 1, n, sizeof(names[0]), compare_names);
    for (size_t i = 1; i <= n; i++) {
        if (kept == 0 || strcmp(names[kept], names[i]) != 0)
            names[++kept] = names[i];
    }
    return kept;
}

static void number_units(struct compile *c)
{
    struct catalogue *cat = c->cat;
    size_t n = 0;

    cat->units = compile_alloc(c, (count_units(cat) + 1) * sizeof(char *));
    for (size_t i = 0; i < cat->n_areas; i++) {
        for (size_t j = 0; j < cat->areas[i].n_units; j++)
            cat->units[++n] = cat->areas[i].units[j].name;
    }
    cat->n_units = make_distinct(cat->units, n);
    for (size_t i = 0; i < cat->n_areas; i++) {
        struct area *area = &cat->areas[i];
        for (size_t j = 0; j < area->n_units; j++)
            area->units[j].unit = areas_unit_named(cat, area->units[j].name);
        if (area->n_units)
            qsort(area->units, area->n_units, sizeof(area->units[0]),
                  compare_units);
    }
}

static void check_path(struct compile *c, const struct table_row *row)
{
    char why[PATH_WHY_SIZE];

    if (!path_check(row->field, row->field_size, why))
        findings_add(c->findings, FINDING_ERROR, TABLE_AREAS, row, "",
                     "the path '%s' %s", row->field, why);
}

/* Once meta is known: whether somebody takes what no rule names. */
void check_fallbacks(struct compile *c)
{
    const struct table *t = &c->tables->tables[TABLE_AREAS];

    if (c->cat->meta.default_department)
        return;
    for (size_t i = 0; i < c->cat->n_areas; i++) {
        if (!areas_unit(&c->cat->areas[i], UNIT_OF_AREA))
            findings_add(c->findings, FINDING_WARNING, TABLE_AREAS, &t->rows[i],
                         "department",
                         "no fallback: '%s' has no department, no area above "
                         "it has one, and meta has no default_department; "
                         "a ticket that no rule takes is refused; name one",
                         t->rows[i].field);
    }
}

void compile_areas(struct compile *c)
{
    const struct table *t = &c->tables->tables[TABLE_AREAS];
    struct catalogue *cat = c->cat;

    cat->areas = compile_alloc(c, t->n * sizeof(cat->areas[0]));
    cat->n_areas = t->n;
    for (size_t i = 0; i < t->n; i++) {
        const struct table_row *row = &t->rows[i];
        struct area *area = &cat->areas[i];

        area->path = compile_text(c, row->field);
        area->path_size = strlen(area->path);
        area->name = area->path;
        check_path(c, row);
        entry_read(c, TABLE_AREAS, row, members,
                   sizeof(members) / sizeof(members[0]), area);
    }
    index_areas(cat);
    link_areas(cat);
    number_units(c);
}
