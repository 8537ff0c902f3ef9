/*
 * Checks over all rules: ties, rules that can never win, units that nobody is.
 */
#include "compile.h"

#include <string.h>

static const struct table_row *row_of(const struct compile *c,
                                      const struct route *route)
{
    return &c->tables->tables[TABLE_ROUTES].rows[route - c->cat->routes];
}

static const struct route *next_of(const struct compile *c,
                                   const struct route *route)
{
    return route->next ? &c->cat->routes[route->next - 1] : NULL;
}

static const struct route_body *body_of(const struct compile *c,
                                        const struct route *route)
{
    return &c->cat->bodies[route->body];
}

static const struct conditions *conditions_of(const struct compile *c,
                                              const struct route *route)
{
    return &body_of(c, route)->conditions;
}

static void check_ties(struct compile *c, const struct route *route)
{
    const struct route *other = next_of(c, route);
    char place[LINE_TEXT_SIZE];

    for (; other && other->kinds == route->kinds; other = next_of(c, other)) {
        if (conditions_exclude(conditions_of(c, route),
                               conditions_of(c, other)))
            continue;
        findings_add(
            c->findings, FINDING_ERROR, TABLE_ROUTES, row_of(c, other), "",
            "ties with '%s'%s: the same area and category, "
            "%u kinds of conditions each, and one ticket can fulfil "
            "both; add a condition to one or make them exclude each "
            "other",
            route->key, compile_line(row_of(c, route), place), route->kinds);
    }
}

/* Whether `other`, which comes first, takes all that `route` could. */
static bool is_shadowed_by(const struct compile *c, const struct route *route,
                           const struct area *nearest,
                           const struct route *other)
{
    const struct target *target = &body_of(c, other)->department;

    return conditions_imply(conditions_of(c, route), conditions_of(c, other)) &&
           (target->department || areas_unit(nearest, target->unit));
}

/* The first of the rules from `other` on that leaves nothing to `route`. In its
 * own group only rules with more kinds of conditions come before it. */
static const struct route *find_shadow(const struct compile *c,
                                       const struct route *route,
                                       const struct area *nearest,
                                       const struct route *other)
{
    for (; other; other = next_of(c, other)) {
        if (other->override == route->override && other->kinds <= route->kinds)
            return NULL;
        if (is_shadowed_by(c, route, nearest, other))
            return other;
    }
    return NULL;
}

/* Asks the rules that come before `route` wherever it matches: those of its
 * own group, and overriding ones of the same or a shorter area and category. */
static const struct route *find_any_shadow(const struct compile *c,
                                           const struct route *route,
                                           const struct path *area,
                                           const struct path *category)
{
    const struct catalogue *cat = c->cat;
    const struct area *nearest = areas_nearest(cat, area);
    const struct tuple own = tuple_of(route);
    const struct route *shadow = NULL;

    for (uint32_t i = 0; i < cat->n_tuples && !shadow; i++) {
        const struct tuple *t = &cat->tuples[i];
        bool same = memcmp(t, &own, sizeof(own)) == 0;
        bool overrides = t->override && !route->override &&
                         t->area_depth <= area->depth &&
                         t->category_depth <= category->depth;
        if (!same && !overrides)
            continue;
        uint32_t first =
            cat->slots[routes_find_slot(cat, area, category, t)].first;
        if (first)
            shadow = find_shadow(c, route, nearest, &cat->routes[first - 1]);
    }
    return shadow;
}

static void check_shadow(struct compile *c, const struct route *route,
                         const struct path *area, const struct path *category)
{
    char place[LINE_TEXT_SIZE];

    if (conditions_impossible(conditions_of(c, route))) {
        findings_add(c->findings, FINDING_WARNING, TABLE_ROUTES,
                     row_of(c, route), "",
                     "can never win: no ticket fulfils its conditions (from "
                     "after until, or never open); correct or delete it");
        return;
    }
    const struct route *shadow = find_any_shadow(c, route, area, category);
    if (shadow)
        findings_add(c->findings, FINDING_WARNING, TABLE_ROUTES,
                     row_of(c, route), "",
                     "can never win: '%s'%s comes first and takes all "
                     "that this rule could; delete one of the two",
                     shadow->key, compile_line(row_of(c, shadow), place));
}

/* What is known about one unit below one area of rules. */
struct reach {
    const struct route *asked_by; /* the rule it was found out for, or NULL */
    const struct area *lacking;   /* a lowest area without the unit, or NULL */
    bool somewhere;               /* an area below has the unit */
};

static bool is_below(const struct area *area, const struct route *route)
{
    size_t size = route->area_size;

    return size == 0 || (area->path_size > size && area->path[size] == '/' &&
                         memcmp(area->path, route->key, size) == 0);
}

static struct reach find_reach(const struct compile *c,
                               const struct route *route, uint32_t unit)
{
    struct reach reach = {.asked_by = route};

    for (size_t i = 0; i < c->cat->n_areas; i++) {
        const struct area *area = &c->cat->areas[i];
        if (!is_below(area, route))
            continue;
        if (areas_unit(area, unit))
            reach.somewhere = true;
        else if (!area->has_below && !reach.lacking)
            reach.lacking = area;
    }
    return reach;
}

static void report_reach(struct compile *c, const struct route *route,
                         const struct reach *reach, const char *text)
{
    if (!reach->somewhere)
        findings_add(c->findings, FINDING_ERROR, TABLE_ROUTES, row_of(c, route),
                     "department",
                     "'%s' is nobody: no area of this rule, nor one above it, "
                     "has it; add it to areas or name a department",
                     text);
    else if (reach->lacking && reach->asked_by == route)
        findings_add(c->findings, FINDING_WARNING, TABLE_ROUTES,
                     row_of(c, route), "department",
                     "'%s' is nobody in area '%s': the rule does not hold "
                     "there; add it to that area or to one above it",
                     text, reach->lacking->path);
}

static bool same_area(const struct route *a, const struct route *b)
{
    return a->area_size == b->area_size &&
           memcmp(a->key, b->key, a->area_size) == 0;
}

/* Rules are sorted by area, so that what was found out for the last rule that
 * asked for a unit mostly serves the next one. */
static void check_unit(struct compile *c, const struct route *route,
                       const struct path *area, struct reach *reaches)
{
    const struct target *target = &body_of(c, route)->department;
    struct reach *reach = &reaches[target->unit];

    if (target->department ||
        areas_unit(areas_nearest(c->cat, area), target->unit))
        return;
    if (!reach->asked_by || !same_area(reach->asked_by, route))
        *reach = find_reach(c, route, target->unit);
    report_reach(c, route, reach, target->text);
}

void check_routes(struct compile *c)
{
    const struct catalogue *cat = c->cat;
    struct reach *reaches =
        compile_alloc(c, (cat->n_units + 1) * sizeof(*reaches));

    for (size_t i = 0; i < cat->n_routes; i++) {
        const struct route *route = &cat->routes[i];
        struct path area, category;

        if (!route->key)
            continue;
        path_read(&area, route->key, route->area_size);
        path_read(&category, route->key + route->area_size + 1,
                  route->category_size);
        check_ties(c, route);
        check_shadow(c, route, &area, &category);
        check_unit(c, route, &area, reaches);
    }
}
