/*
 * The values of routes: each distinct text is read once and shared.
 *
 * JSON costs a microsecond or two a value, and a table of a million rules has
 * a few thousand distinct ones.
 */
#include "compile.h"

#include "civil.h"
#include "dispatch.h"
#include "memory.h"

#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define XXH_INLINE_ALL
#include <xxhash.h>

/* "@area.housing": the number of the unit. */
static void read_unit(struct entry *e, const char *text, struct target *target)
{
    const char *rest = text + strlen("@area");

    if (rest[0] == '\0') {
        target->unit = UNIT_OF_AREA;
        return;
    }
    if (rest[0] != '.' || rest[1] == '\0') {
        entry_error(e, "'%s': '%s' is unknown; write @area or @area.unit",
                    e->name, text);
        return;
    }
    target->unit = areas_unit_named(e->c->cat, rest + 1);
    if (target->unit == 0)
        entry_error(e, "'%s': no area has a unit '%s'; add it to areas",
                    e->name, rest + 1);
}

static void read_target(struct entry *e, json_t *value, void *field)
{
    struct target *target = field;
    const char *text = entry_string(e, value);

    if (!text)
        return;
    target->text = compile_text(e->c, text);
    if (strncmp(text, "@area", strlen("@area")) == 0)
        read_unit(e, text, target);
    else
        target->department = entry_department(e, text);
}

static void read_co(struct entry *e, json_t *value, void *field)
{
    struct route_body *body = field;
    size_t n = json_array_size(value);

    if (!json_is_array(value) || n > DISPATCH_MAX_CO) {
        entry_error(e, "'co' is no list of at most %d departments",
                    DISPATCH_MAX_CO);
        return;
    }
    struct target *co = compile_alloc(e->c, n * sizeof(*co));
    for (size_t i = 0; i < n; i++)
        read_target(e, json_array_get(value, i), &co[i]);
    body->co = co;
    body->n_co = n;
}

/* An empty list is refused: it says "none", and may have been meant as "any".
 */
static bool is_list(struct entry *e, json_t *value)
{
    if (json_is_array(value) && json_array_size(value) > 0)
        return true;
    entry_error(e,
                "'%s' is no list, or an empty one; write [\"...\"] or leave "
                "the name out",
                e->name);
    return false;
}

static void read_channels(struct entry *e, json_t *value, void *field)
{
    struct conditions *conditions = field;
    size_t n = json_array_size(value);

    if (!is_list(e, value))
        return;
    conditions->channels = compile_alloc(e->c, n * sizeof(char *));
    for (size_t i = 0; i < n; i++) {
        const char *text = entry_string(e, json_array_get(value, i));
        conditions->channels[i] = compile_text(e->c, text ? text : "");
    }
    conditions->n_channels = n;
    conditions->given |= 1 << CONDITION_CHANNELS;
}

static void refuse_name(struct entry *e, const char *text,
                        const char *(*name_of)(size_t))
{
    char near[SUGGEST_TEXT_SIZE], all[128] = "; write one of";
    struct suggest s;

    suggest_begin(&s, text);
    for (size_t i = 0; name_of(i); i++) {
        size_t used = strlen(all);

        suggest_consider(&s, name_of(i));
        snprintf(all + used, sizeof(all) - used, "%s %s", i > 0 ? "," : "",
                 name_of(i));
    }
    entry_error(e, "'%s': '%s' is unknown%s", e->name, text,
                compile_advice(&s, near, all));
}

/* The bit of one name; 0 with a finding when it is unknown. */
static uint8_t read_bit(struct entry *e, json_t *value,
                        const char *(*name_of)(size_t))
{
    const char *text = entry_string(e, value);

    if (!text)
        return 0;
    for (size_t i = 0; name_of(i); i++) {
        if (strcmp(name_of(i), text) == 0)
            return (uint8_t)(1u << i);
    }
    refuse_name(e, text, name_of);
    return 0;
}

static uint8_t read_mask(struct entry *e, json_t *value,
                         const char *(*name_of)(size_t))
{
    uint8_t mask = 0;

    if (!is_list(e, value))
        return 0;
    for (size_t i = 0; i < json_array_size(value); i++)
        mask |= read_bit(e, json_array_get(value, i), name_of);
    return mask;
}

static void read_urgencies(struct entry *e, json_t *value, void *field)
{
    struct conditions *conditions = field;

    conditions->urgencies = read_mask(e, value, urgency_name);
    conditions->given |= 1 << CONDITION_URGENCIES;
}

static void read_types(struct entry *e, json_t *value, void *field)
{
    struct conditions *conditions = field;

    conditions->types = read_mask(e, value, request_type_name);
    conditions->given |= 1 << CONDITION_TYPES;
}

static void read_when(struct entry *e, json_t *value, void *field)
{
    struct conditions *conditions = field;
    const char *text = entry_string(e, value);

    if (!text)
        return;
    conditions->when_closed = text[0] == '!';
    conditions->when = entry_calendar(e, text + conditions->when_closed);
    if (conditions->when)
        conditions->given |= 1 << CONDITION_WHEN;
}

static int32_t read_date(struct entry *e, json_t *value)
{
    const char *text = entry_string(e, value);
    int32_t day = 0;

    if (text && !civil_parse(text, &day))
        entry_error(e, "'%s': '%s' is no date; write 2026-05-01", e->name,
                    text);
    return civil_yyyymmdd(day);
}

static void read_from(struct entry *e, json_t *value, void *field)
{
    struct conditions *conditions = field;

    conditions->from = read_date(e, value);
    conditions->given |= 1 << CONDITION_FROM;
}

static void read_until(struct entry *e, json_t *value, void *field)
{
    struct conditions *conditions = field;

    conditions->until = read_date(e, value);
    conditions->given |= 1 << CONDITION_UNTIL;
}

#define IN_CONDITIONS offsetof(struct route_body, conditions)
static const struct member members[] = {
    {"department", read_target, offsetof(struct route_body, department), true},
    {"co", read_co, 0, false},
    {"policy", read_policy, offsetof(struct route_body, policy), false},
    {"lead_official", read_text, offsetof(struct route_body, lead_official),
     false},
    {"channels", read_channels, IN_CONDITIONS, false},
    {"urgencies", read_urgencies, IN_CONDITIONS, false},
    {"types", read_types, IN_CONDITIONS, false},
    {"when", read_when, IN_CONDITIONS, false},
    {"from", read_from, IN_CONDITIONS, false},
    {"until", read_until, IN_CONDITIONS, false},
    {"override", read_flag, offsetof(struct route_body, override), false},
};

/* Reads the value of a row. False with findings when it is refused. */
static bool read_body(struct compile *c, const struct table_row *row,
                      struct route_body *body)
{
    size_t errors_before = c->findings->errors;

    *body = (struct route_body){
        .policy = c->cat->meta.default_policy,
        .lead_official = "",
    };
    entry_read(c, TABLE_ROUTES, row, members,
               sizeof(members) / sizeof(members[0]), body);
    return c->findings->errors == errors_before;
}

/* A table over the distinct values seen so far. */
struct distinct {
    const struct table_row **rows; /* the first row with each value */
    size_t n;
    uint32_t *slots; /* 1 + index into rows; 0: empty */
    uint64_t mask;
};

static void distinct_init(struct distinct *d, size_t max)
{
    uint64_t size = 2;

    while (size < 2 * max)
        size *= 2;
    d->rows = memory_new_array(max, sizeof(d->rows[0]));
    d->n = 0;
    d->slots = memory_new_array(size, sizeof(d->slots[0]));
    d->mask = size - 1;
}

static void distinct_deinit(struct distinct *d)
{
    free(d->rows);
    free(d->slots);
}

/* The number of a row's value, a new one if need be. */
static uint32_t distinct_number(struct distinct *d, const struct table_row *row)
{
    uint64_t at = XXH3_64bits(row->value, row->value_size);

    for (;; at++) {
        uint32_t found = d->slots[at & d->mask];
        if (found == 0)
            break;
        const struct table_row *known = d->rows[found - 1];
        if (known->value_size == row->value_size &&
            memcmp(known->value, row->value, row->value_size) == 0)
            return found - 1;
    }
    d->rows[d->n++] = row;
    d->slots[at & d->mask] = (uint32_t)d->n;
    return (uint32_t)d->n - 1;
}

static void number_values(struct compile *c, struct distinct *d)
{
    const struct table *t = &c->tables->tables[TABLE_ROUTES];

    distinct_init(d, t->n);
    for (size_t i = 0; i < t->n; i++)
        c->cat->routes[i].body = distinct_number(d, &t->rows[i]);
}

/* Gives a rule what its value says. A rule whose value was refused is told so
 * itself, with its own line, and drops out. */
static void take_body(struct compile *c, const struct distinct *d, size_t i)
{
    const struct table_row *row = &c->tables->tables[TABLE_ROUTES].rows[i];
    struct route *route = &c->cat->routes[i];
    const struct route_body *body = &c->cat->bodies[route->body];
    struct route_body again;

    if (body->valid) {
        route->override = body->override;
        route->kinds = conditions_kinds(&body->conditions);
        return;
    }
    route->key = NULL;
    if (row != d->rows[route->body])
        (void)!read_body(c, row, &again);
}

void compile_bodies(struct compile *c)
{
    struct catalogue *cat = c->cat;
    struct distinct d;

    number_values(c, &d);
    cat->bodies = compile_alloc(c, d.n * sizeof(cat->bodies[0]));
    cat->n_bodies = d.n;
    for (size_t i = 0; i < d.n; i++)
        cat->bodies[i].valid = read_body(c, d.rows[i], &cat->bodies[i]);
    for (size_t i = 0; i < cat->n_routes; i++)
        take_body(c, &d, i);
    distinct_deinit(&d);
}
