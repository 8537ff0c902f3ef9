/*
 * What a compiled catalogue is made of. For the files of this folder only.
 *
 *   slots ──> routes[first] ──next──> routes[...]     rules of one area and
 *                 │                                    category, best first
 *                 ├──> keys    "area|category|name"
 *                 └──> bodies  what the value says, one for each distinct text
 *
 * A million rules share few values and have short keys, so that a rule costs
 * its key, 24 bytes of struct route and 16 to 32 bytes of slots.
 */
#ifndef DISPATCHER_SNAPSHOT_H
#define DISPATCHER_SNAPSHOT_H

#include "catalogue.h"
#include "conditions.h"
#include "path.h"

struct arena;

/* Unit 0 is the department that the area itself names. */
enum { UNIT_OF_AREA = 0 };

/* Who does one duty in one area. */
struct area_unit {
    const char *name;
    uint32_t unit; /* index of the name in units[] of the catalogue */
    const struct department *department;
};

struct area {
    const char *path;
    size_t path_size;
    const char *name;
    const struct area *above;            /* nearest area up the path, or NULL */
    const struct department *department; /* the area's own, or NULL */
    struct area_unit *units;             /* sorted by number */
    size_t n_units;
    bool has_below; /* another area lies below it */
};

/* Whom a rule names. */
struct target {
    const char *text;                    /* as written */
    const struct department *department; /* NULL: `unit` counts */
    uint32_t unit;
};

/* What the value of a route says. */
struct route_body {
    struct target department;
    const struct target *co;
    size_t n_co;
    const struct policy *policy;
    const char *lead_official;
    struct conditions conditions;
    bool override;
    bool valid;
};

struct route {
    const char *key; /* NULL: refused */
    uint32_t body;
    uint32_t next; /* 1 + index of the next rule of the group; 0: none */
    uint16_t area_size;
    uint16_t category_size;
    uint8_t area_depth;
    uint8_t category_depth;
    bool override;
    uint8_t kinds; /* of conditions */
};

/* One place of the open-addressing table over groups of rules that have the
 * same area, category and override. */
struct route_slot {
    uint32_t tag;   /* upper half of the hash */
    uint32_t first; /* 1 + index of the group's first rule; 0: empty */
};

/* A pair of depths that occurs among the rules. */
struct tuple {
    bool override;
    uint8_t category_depth;
    uint8_t area_depth;
};

enum { TUPLES_MAX = 2 * (PATH_MAX_STEPS + 1) * (PATH_MAX_STEPS + 1) };

struct catalogue {
    struct arena *arena; /* all small pieces */
    int64_t version_number;
    char version[32];
    struct catalogue_meta meta;
    struct calendar *local_time;

    /* Each sorted by id. */
    struct calendar **calendars;
    size_t n_calendars;
    struct department *departments;
    size_t n_departments;
    struct policy *policies;
    size_t n_policies;

    struct area *areas; /* sorted by path */
    size_t n_areas;
    uint32_t *area_slots; /* 1 + index of the area; 0: empty */
    uint64_t area_mask;
    const char **units; /* sorted names from index 1 on */
    size_t n_units;

    struct route *routes; /* sorted by key */
    size_t n_routes;
    char *keys;
    size_t keys_size;
    struct route_body *bodies;
    size_t n_bodies;
    struct route_slot *slots;
    uint64_t slot_mask;
    struct tuple tuples[TUPLES_MAX]; /* in order of precedence */
    uint32_t n_tuples;
};

/* The hash of a group of rules, from the hashes of its two paths. */
static inline uint64_t group_hash(uint64_t area, uint64_t category,
                                  bool override)
{
    uint64_t h = area * 0x9fb21c651e98df25u + category;

    h ^= override ? 0x85ebca77c2b2ae63u : 0;
    h ^= h >> 32;
    h *= 0xc2b2ae3d27d4eb4fu;
    return h ^ h >> 29;
}

static inline struct tuple tuple_of(const struct route *route)
{
    return (struct tuple){route->override, route->category_depth,
                          route->area_depth};
}

/* The place in slots[] of the rules whose area and category are exactly the
 * prefixes of these paths that `t` says, or the empty one where it would be. */
uint64_t routes_find_slot(const struct catalogue *cat, const struct path *area,
                          const struct path *category, const struct tuple *t);

/* The nearest area up the path, itself included, or NULL. */
const struct area *areas_nearest(const struct catalogue *cat,
                                 const struct path *path);

/* Who does `unit` in `area` (may be NULL): asked from the area up; or NULL. */
const struct department *areas_unit(const struct area *area, uint32_t unit);

/* The index of a unit's name; 0: no area has it. */
uint32_t areas_unit_named(const struct catalogue *cat, const char *name);

#endif
