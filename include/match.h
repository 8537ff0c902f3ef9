/*
 * Which rule of the catalogue takes a matter, and which others would have.
 *
 * Candidates are the rules whose area and category are prefixes, step by step,
 * of the matter's. Their order (docs/catalogue.md): overriding rules
 * first; then the longer category; then the longer area; then more kinds of
 * conditions. The best match is the first candidate that holds.
 *
 * The search costs one probe of a hash table for each distinct pair of depths
 * (of area and of category) that the rules have, however many rules there are.
 */
#ifndef DISPATCHER_MATCH_H
#define DISPATCHER_MATCH_H

#include "catalogue.h"
#include "path.h"

#include <dispatch/v1/dispatch.pb-c.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct area;
struct route;

/* What of a ticket and one of its matters rules look at. Texts are borrowed
 * and never NULL; paths are valid (path_check). */
struct match_query {
    const char *area;
    const char *category;
    const char *channel;
    enum urgency urgency;
    Dispatch__V1__RequestType type;
    int64_t at_ms; /* conditions hold at this moment */
};

/* What a rule can ask for. Each of the first six counts as one kind of
 * condition. A rule for "@area.housing" does not hold either where no area up
 * the path has that unit. */
enum condition {
    CONDITION_CHANNELS,
    CONDITION_URGENCIES,
    CONDITION_TYPES,
    CONDITION_WHEN,
    CONDITION_FROM,
    CONDITION_UNTIL,
    CONDITION_UNIT,
    CONDITIONS, /* none: the rule holds */
};

/* "channels", "urgencies", ..., "department" for CONDITION_UNIT. */
const char *condition_name(enum condition condition);

/* One rule that was looked at. */
struct candidate {
    const struct route *route;
    enum condition failed; /* the first that does not hold, or CONDITIONS */
    const struct department *department; /* NULL: CONDITION_UNIT failed */
};

/* A walk over the candidates of one matter; embedded, needs no end. */
struct match {
    const struct catalogue *cat;
    struct match_query query;
    struct path area;
    struct path category;
    const struct area *nearest; /* area of the catalogue; NULL: none */
    uint32_t tuple;             /* next pair of depths to look up */
    uint32_t route;             /* next rule of the same area and category */
};

/* Begins a walk. The catalogue and the texts of `query` must stay. */
void match_begin(struct match *m, const struct catalogue *cat,
                 const struct match_query *query);

/* The next candidate in order; false after the last, *out then untouched. */
bool match_next(struct match *m, struct candidate *out);

/* The next candidate that holds; right after match_begin: the best match.
 * False when no further one holds. */
bool match_best(struct match *m, struct candidate *out);

/* The department of the nearest area up the path that has one (fallback,
 * 兜底), else meta.default_department; NULL: neither exists. */
const struct department *match_fallback(const struct match *m);

/* Whether an area up the path names this department: as its own, or for one of
 * its duties. */
bool match_area_names(const struct match *m,
                      const struct department *department);

/* Appends the `co` departments of a route, as they are in the matter's area,
 * to list[max]; those that no area up the path has are left out. Returns how
 * many. */
size_t match_co(const struct match *m, const struct route *route,
                const struct department *list[], size_t max);

/* A piece of a longer text, not ended by NUL. */
struct slice {
    const char *text;
    size_t size;
};

/* A route's properties. `route_key` is the field in Redis,
 * area|category or area|category|name. */
const char *route_key(const struct route *route);
struct slice route_area(const struct route *route);
struct slice route_category(const struct route *route);
bool route_override(const struct route *route);

/* What the value of a route says; shared by all routes of the same value. */
const char *route_department_text(const struct catalogue *cat,
                                  const struct route *route);
size_t route_co_count(const struct catalogue *cat, const struct route *route);
const char *route_co_text(const struct catalogue *cat,
                          const struct route *route, size_t i);
/* The route's policy, else meta.default_policy; NULL: no clocks. */
const struct policy *route_policy(const struct catalogue *cat,
                                  const struct route *route);
const char *route_lead_official(const struct catalogue *cat,
                                const struct route *route); /* "": none */

/* The conditions for a person, "channels=phone,web when=!office", or "" when
 * the route has none; cut to fit. Returns text. */
const char *route_conditions(const struct catalogue *cat,
                             const struct route *route, char *text,
                             size_t size);

/* All routes one by one, in the order of their keys. */
const struct route *catalogue_route_at(const struct catalogue *cat, size_t i);

#endif
