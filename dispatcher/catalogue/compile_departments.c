/*
 * Departments, and the tree that their parents make.
 */
#include "compile.h"

#include <stddef.h>
#include <string.h>

static const struct member members[] = {
    {"name", read_text, offsetof(struct department, name), false},
    {"parent", read_department, offsetof(struct department, parent), false},
    {"lead_official", read_text, offsetof(struct department, lead_official),
     false},
    {"calendar", read_calendar, offsetof(struct department, calendar), false},
    {"topic", read_text, offsetof(struct department, topic), false},
};

static void check_id(struct compile *c, const struct table_row *row)
{
    if (row->field[0] == '@' || row->field[0] == '!')
        findings_add(c->findings, FINDING_ERROR, TABLE_DEPARTMENTS, row, "",
                     "the id '%s' begins with '%c', so that no rule can name "
                     "it; choose another",
                     row->field, row->field[0]);
}

/* Follows the parents of one department at two speeds: in a cycle the faster
 * one meets the slower. */
static bool is_above_itself(const struct department *start)
{
    const struct department *slow = start->parent;
    const struct department *fast = slow ? slow->parent : NULL;

    while (slow && slow != start) {
        if (fast && fast == slow)
            return false; /* A cycle further up: its members report it. */
        slow = slow->parent;
        fast = fast && fast->parent ? fast->parent->parent : NULL;
    }
    return slow == start;
}

static void check_parents(struct compile *c)
{
    const struct table *t = &c->tables->tables[TABLE_DEPARTMENTS];

    for (size_t i = 0; i < t->n; i++) {
        const struct department *d = &c->cat->departments[i];
        if (is_above_itself(d))
            findings_add(c->findings, FINDING_ERROR, TABLE_DEPARTMENTS,
                         &t->rows[i], "parent",
                         "'%s' is its own parent, by way of '%s'; take one "
                         "parent of the circle out",
                         d->id, d->parent->id);
    }
}

void compile_departments(struct compile *c)
{
    const struct table *t = &c->tables->tables[TABLE_DEPARTMENTS];
    struct catalogue *cat = c->cat;

    cat->departments = compile_alloc(c, t->n * sizeof(cat->departments[0]));
    cat->n_departments = t->n;
    /* All ids first: a parent may stand further down. */
    for (size_t i = 0; i < t->n; i++) {
        const char *id = compile_text(c, t->rows[i].field);
        cat->departments[i] = (struct department){
            .id = id, .name = id, .lead_official = "", .topic = ""};
        check_id(c, &t->rows[i]);
    }
    for (size_t i = 0; i < t->n; i++)
        entry_read(c, TABLE_DEPARTMENTS, &t->rows[i], members,
                   sizeof(members) / sizeof(members[0]), &cat->departments[i]);
    check_parents(c);
}
