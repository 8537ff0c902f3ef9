/*
 * Tuple-space search: for each pair of depths that the rules have, one probe
 * for the rules with exactly these prefixes of the matter's area and category.
 */
#include "match.h"

#include "snapshot.h"

#include <string.h>

static const struct department *target_department(const struct match *m,
                                                  const struct target *target)
{
    if (target->department)
        return target->department;
    return areas_unit(m->nearest, target->unit);
}

void match_begin(struct match *m, const struct catalogue *cat,
                 const struct match_query *query)
{
    m->cat = cat;
    m->query = *query;
    path_read(&m->area, query->area, strlen(query->area));
    path_read(&m->category, query->category, strlen(query->category));
    m->nearest = areas_nearest(cat, &m->area);
    m->tuple = 0;
    m->route = 0;
}

/* Goes to the first rule of the next group that there is. */
static bool next_group(struct match *m)
{
    const struct catalogue *cat = m->cat;

    while (m->tuple < cat->n_tuples) {
        const struct tuple *t = &cat->tuples[m->tuple++];
        if (t->category_depth > m->category.depth ||
            t->area_depth > m->area.depth)
            continue;
        uint64_t slot = routes_find_slot(cat, &m->area, &m->category, t);
        m->route = cat->slots[slot].first;
        if (m->route != 0)
            return true;
    }
    return false;
}

bool match_next(struct match *m, struct candidate *out)
{
    if (m->route == 0 && !next_group(m))
        return false;
    const struct route *route = &m->cat->routes[m->route - 1];
    const struct route_body *body = &m->cat->bodies[route->body];

    m->route = route->next;
    out->route = route;
    out->failed = CONDITIONS;
    if (route->kinds > 0)
        out->failed =
            conditions_failed(&body->conditions, &m->query, m->cat->local_time);
    out->department = target_department(m, &body->department);
    if (out->failed == CONDITIONS && !out->department)
        out->failed = CONDITION_UNIT;
    return true;
}

bool match_best(struct match *m, struct candidate *out)
{
    struct candidate next;

    while (match_next(m, &next)) {
        if (next.failed != CONDITIONS)
            continue;
        *out = next;
        return true;
    }
    return false;
}

const struct department *match_fallback(const struct match *m)
{
    const struct department *own = areas_unit(m->nearest, UNIT_OF_AREA);

    return own ? own : m->cat->meta.default_department;
}

static bool area_names(const struct area *area,
                       const struct department *department)
{
    bool found = area->department == department;

    for (size_t i = 0; i < area->n_units && !found; i++)
        found = area->units[i].department == department;
    return found;
}

bool match_area_names(const struct match *m,
                      const struct department *department)
{
    for (const struct area *area = m->nearest; area; area = area->above) {
        if (area_names(area, department))
            return true;
    }
    return false;
}

size_t match_co(const struct match *m, const struct route *route,
                const struct department *list[], size_t max)
{
    const struct route_body *body = &m->cat->bodies[route->body];
    size_t n = 0;

    for (size_t i = 0; i < body->n_co && n < max; i++) {
        list[n] = target_department(m, &body->co[i]);
        n += list[n] != NULL;
    }
    return n;
}

static const struct route_body *body_of(const struct catalogue *cat,
                                        const struct route *route)
{
    return &cat->bodies[route->body];
}

const char *route_key(const struct route *route)
{
    return route->key;
}

struct slice route_area(const struct route *route)
{
    return (struct slice){route->key, route->area_size};
}

struct slice route_category(const struct route *route)
{
    return (struct slice){route->key + route->area_size + 1,
                          route->category_size};
}

bool route_override(const struct route *route)
{
    return route->override;
}

const char *route_department_text(const struct catalogue *cat,
                                  const struct route *route)
{
    return body_of(cat, route)->department.text;
}

size_t route_co_count(const struct catalogue *cat, const struct route *route)
{
    return body_of(cat, route)->n_co;
}

const char *route_co_text(const struct catalogue *cat,
                          const struct route *route, size_t i)
{
    return body_of(cat, route)->co[i].text;
}

const struct policy *route_policy(const struct catalogue *cat,
                                  const struct route *route)
{
    return body_of(cat, route)->policy;
}

const char *route_lead_official(const struct catalogue *cat,
                                const struct route *route)
{
    return body_of(cat, route)->lead_official;
}

const char *route_conditions(const struct catalogue *cat,
                             const struct route *route, char *text, size_t size)
{
    return conditions_format(&body_of(cat, route)->conditions, text, size);
}

const struct route *catalogue_route_at(const struct catalogue *cat, size_t i)
{
    return &cat->routes[i];
}
