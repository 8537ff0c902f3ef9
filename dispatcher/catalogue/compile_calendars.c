/*
 * Calendars: each one with its ancestors, which may stand anywhere.
 */
#include "compile.h"

#include "calendar_spec.h"

#include <string.h>

/* The specs in the order of their rows; NULL for one that was refused. */
struct specs {
    struct calendar_spec **items;
    const struct table *table;
    struct compile *c;
};

static void parse_all(struct specs *s)
{
    char why[CALENDAR_WHY_SIZE];

    for (size_t i = 0; i < s->table->n; i++) {
        const struct table_row *row = &s->table->rows[i];

        s->items[i] = calendar_spec_parse(row->value, row->value_size, why);
        if (!s->items[i])
            findings_add(s->c->findings, FINDING_ERROR, TABLE_CALENDARS, row,
                         "", "%s", why);
        if (strcmp(row->field, "24x7") == 0)
            findings_add(s->c->findings, FINDING_ERROR, TABLE_CALENDARS, row,
                         "",
                         "24x7 always exists, open at any time, and "
                         "cannot be another; choose another id");
    }
}

/* Fills lineage[] with the spec of a row and its ancestors. Returns how many;
 * 0 with a finding when an ancestor is missing or there are too many. */
static size_t find_lineage(const struct specs *s, const struct table_row *row,
                           const struct calendar_spec **lineage)
{
    const struct table_row *at = row;
    size_t n = 0;

    while (n < CALENDAR_MAX_LINEAGE) {
        const struct calendar_spec *spec = s->items[at - s->table->rows];
        if (!spec)
            return 0; /* It has a finding of its own. */
        lineage[n++] = spec;
        const char *inherits = calendar_spec_inherits(spec);
        if (inherits[0] == '\0')
            return n;
        at = tables_find(s->c->tables, TABLE_CALENDARS, inherits);
        if (!at) {
            findings_add(s->c->findings, FINDING_ERROR, TABLE_CALENDARS, row,
                         "inherits",
                         "'inherits': '%s' is not in calendars; add it or "
                         "correct the id",
                         inherits);
            return 0;
        }
    }
    findings_add(s->c->findings, FINDING_ERROR, TABLE_CALENDARS, row,
                 "inherits",
                 "'%s' inherits from itself, or over more than %d steps; cut "
                 "the chain",
                 row->field, CALENDAR_MAX_LINEAGE);
    return 0;
}

static void compile_one(const struct specs *s, const struct table_row *row)
{
    const struct calendar_spec *lineage[CALENDAR_MAX_LINEAGE];
    struct catalogue *cat = s->c->cat;
    char why[CALENDAR_WHY_SIZE];
    size_t n = find_lineage(s, row, lineage);

    if (n == 0)
        return;
    if (calendar_compile(row->field, lineage, n,
                         &cat->calendars[cat->n_calendars], why))
        cat->n_calendars++;
    else
        findings_add(s->c->findings, FINDING_ERROR, TABLE_CALENDARS, row, "",
                     "%s", why);
}

void compile_calendars(struct compile *c)
{
    const struct table *t = &c->tables->tables[TABLE_CALENDARS];
    struct specs s = {
        .items = compile_alloc(c, t->n * sizeof(struct calendar_spec *)),
        .table = t,
        .c = c,
    };

    c->cat->calendars = compile_alloc(c, t->n * sizeof(c->cat->calendars[0]));
    parse_all(&s);
    for (size_t i = 0; i < t->n; i++)
        compile_one(&s, &t->rows[i]);
    for (size_t i = 0; i < t->n; i++)
        calendar_spec_free(&s.items[i]);
}
