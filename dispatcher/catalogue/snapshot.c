/*
 * Looking things up in a compiled catalogue.
 */
#include "snapshot.h"

#include "arena.h"
#include "calendar.h"
#include "calendar_spec.h"

#include <stdlib.h>
#include <string.h>

void catalogue_free(struct catalogue **cat)
{
    struct catalogue *old = *cat;

    if (!old)
        return;
    for (size_t i = 0; i < old->n_calendars; i++)
        calendar_free(&old->calendars[i]);
    calendar_free(&old->local_time);
    free(old->area_slots);
    free(old->routes);
    free(old->keys);
    free(old->slots);
    arena_free(&old->arena);
    free(old);
    *cat = NULL;
}

const char *catalogue_version(const struct catalogue *cat)
{
    return cat->version;
}

int64_t catalogue_version_number(const struct catalogue *cat)
{
    return cat->version_number;
}

const struct catalogue_meta *catalogue_meta(const struct catalogue *cat)
{
    return &cat->meta;
}

const struct calendar *catalogue_local_time(const struct catalogue *cat)
{
    return cat->local_time;
}

static int compare_department(const void *id, const void *department)
{
    return strcmp(id, ((const struct department *)department)->id);
}

static int compare_policy(const void *id, const void *policy)
{
    return strcmp(id, ((const struct policy *)policy)->id);
}

static int compare_calendar(const void *id, const void *calendar)
{
    return strcmp(id, calendar_id(*(struct calendar *const *)calendar));
}

static int compare_unit(const void *name, const void *unit)
{
    return strcmp(name, *(const char *const *)unit);
}

/* As bsearch, which must not be given NULL even for no items. */
static void *search(const char *id, const void *items, size_t n, size_t size,
                    int (*compare)(const void *, const void *))
{
    return n ? bsearch(id, items, n, size, compare) : NULL;
}

const struct department *catalogue_department(const struct catalogue *cat,
                                              const char *id)
{
    return search(id, cat->departments, cat->n_departments,
                  sizeof(cat->departments[0]), compare_department);
}

size_t catalogue_departments_count(const struct catalogue *cat)
{
    return cat->n_departments;
}

const struct department *catalogue_department_at(const struct catalogue *cat,
                                                 size_t i)
{
    return &cat->departments[i];
}

const struct policy *catalogue_policy(const struct catalogue *cat,
                                      const char *id)
{
    return search(id, cat->policies, cat->n_policies, sizeof(cat->policies[0]),
                  compare_policy);
}

const struct calendar *catalogue_calendar(const struct catalogue *cat,
                                          const char *id)
{
    struct calendar **found =
        search(id, cat->calendars, cat->n_calendars, sizeof(cat->calendars[0]),
               compare_calendar);

    if (found)
        return *found;
    return strcmp(id, calendar_id(calendar_24x7())) == 0 ? calendar_24x7()
                                                         : NULL;
}

size_t catalogue_calendars_count(const struct catalogue *cat)
{
    return cat->n_calendars;
}

const struct calendar *catalogue_calendar_at(const struct catalogue *cat,
                                             size_t i)
{
    return cat->calendars[i];
}

/* The area that is prefix `depth` of the path, or NULL. */
static const struct area *find_area(const struct catalogue *cat,
                                    const struct path *path, uint32_t depth)
{
    uint64_t hash = path->hash[depth];
    size_t size = path->size[depth];

    for (uint64_t i = hash;; i++) {
        uint32_t found = cat->area_slots[i & cat->area_mask];
        if (found == 0)
            return NULL;
        const struct area *area = &cat->areas[found - 1];
        if (area->path_size == size &&
            memcmp(area->path, path->text, size) == 0)
            return area;
    }
}

const struct area *areas_nearest(const struct catalogue *cat,
                                 const struct path *path)
{
    for (uint32_t depth = path->depth; depth > 0; depth--) {
        const struct area *area = find_area(cat, path, depth);
        if (area)
            return area;
    }
    return NULL;
}

static const struct department *own_unit(const struct area *area, uint32_t unit)
{
    size_t low = 0;
    size_t high = area->n_units;

    if (unit == UNIT_OF_AREA)
        return area->department;
    while (low < high) {
        size_t middle = (low + high) / 2;
        if (area->units[middle].unit < unit)
            low = middle + 1;
        else
            high = middle;
    }
    return low < area->n_units && area->units[low].unit == unit
               ? area->units[low].department
               : NULL;
}

const struct department *areas_unit(const struct area *area, uint32_t unit)
{
    for (; area; area = area->above) {
        const struct department *department = own_unit(area, unit);
        if (department)
            return department;
    }
    return NULL;
}

uint32_t areas_unit_named(const struct catalogue *cat, const char *name)
{
    if (cat->n_units == 0)
        return 0;
    const char **found = search(name, cat->units + 1, cat->n_units,
                                sizeof(cat->units[0]), compare_unit);
    return found ? (uint32_t)(found - cat->units) : 0;
}

static bool is_group(const struct route *route, const struct path *area,
                     const struct path *category, const struct tuple *t)
{
    size_t area_size = area->size[t->area_depth];
    size_t category_size = category->size[t->category_depth];

    return route->area_size == area_size &&
           route->category_size == category_size &&
           route->override == t->override &&
           memcmp(route->key, area->text, area_size) == 0 &&
           memcmp(route->key + area_size + 1, category->text, category_size) ==
               0;
}

uint64_t routes_find_slot(const struct catalogue *cat, const struct path *area,
                          const struct path *category, const struct tuple *t)
{
    uint64_t hash = group_hash(area->hash[t->area_depth],
                               category->hash[t->category_depth], t->override);
    uint32_t tag = (uint32_t)(hash >> 32);

    for (uint64_t i = hash & cat->slot_mask;; i = (i + 1) & cat->slot_mask) {
        const struct route_slot *slot = &cat->slots[i];
        if (slot->first == 0)
            return i;
        if (slot->tag == tag &&
            is_group(&cat->routes[slot->first - 1], area, category, t))
            return i;
    }
}

size_t catalogue_routes_count(const struct catalogue *cat)
{
    return cat->n_routes;
}

size_t catalogue_routes_memory(const struct catalogue *cat)
{
    return cat->n_routes * sizeof(cat->routes[0]) + cat->keys_size +
           cat->n_bodies * sizeof(cat->bodies[0]) +
           (cat->slot_mask + 1) * sizeof(cat->slots[0]);
}
