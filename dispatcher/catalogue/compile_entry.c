/*
 * Reads the JSON value of one entry by a table of its members.
 */
#include "compile.h"

#include "arena.h"
#include "utf8.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

/* Of a name or an official: both stand in each event. */
enum { MAX_TEXT = 512 };

enum { ID_MAX_SIZE = 512, COUNT_MAX = 1000000 };

void *compile_alloc(struct compile *c, size_t size)
{
    void *p = arena_alloc(c->cat->arena, size);

    assert(p); /* The arena of a snapshot has no cap that could be reached. */
    return memset(p, 0, size);
}

const char *compile_text(struct compile *c, const char *text)
{
    const char *copy = arena_copy(c->cat->arena, text, strlen(text));

    assert(copy);
    return copy;
}

const char *compile_line(const struct table_row *row, char text[LINE_TEXT_SIZE])
{
    text[0] = '\0';
    if (row->line > 0)
        snprintf(text, LINE_TEXT_SIZE, " (line %u)", row->line);
    return text;
}

const char *compile_advice(const struct suggest *s,
                           char text[SUGGEST_TEXT_SIZE], const char *otherwise)
{
    return s->best ? suggest_text(s, text) : otherwise;
}

static bool has_control(const char *text, size_t size)
{
    for (size_t i = 0; i < size; i++) {
        if ((unsigned char)text[i] < 0x20 || text[i] == 0x7f)
            return true;
    }
    return false;
}

static const char *what_is_wrong(const struct table_row *row)
{
    if (row->field_size == 0)
        return "the id is empty; give the entry one";
    if (!utf8_is_text(row->field, row->field_size))
        return "the id is not UTF-8; save the file as UTF-8";
    if (has_control(row->field, row->field_size))
        return "the id holds a control character (a tab or line break?); "
               "take it out";
    return NULL;
}

void compile_check_fields(struct compile *c, enum table_id table)
{
    const struct table *t = &c->tables->tables[table];
    const size_t max = table == TABLE_ROUTES ? 3 * ID_MAX_SIZE : ID_MAX_SIZE;

    for (size_t i = 0; i < t->n; i++) {
        const struct table_row *row = &t->rows[i];
        const char *wrong = what_is_wrong(row);
        char place[LINE_TEXT_SIZE];

        if (wrong)
            findings_add(c->findings, FINDING_ERROR, table, row, "", "%s",
                         wrong);
        if (row->field_size > max)
            findings_add(c->findings, FINDING_ERROR, table, row, "",
                         "the id has %u bytes, %zu are allowed; shorten it",
                         row->field_size, max);
        if (i > 0 && table_row_compare(&t->rows[i - 1], row) == 0)
            findings_add(c->findings, FINDING_ERROR, table, row, "",
                         "'%s' is there twice%s; take one out", row->field,
                         compile_line(&t->rows[i - 1], place));
    }
}

static const struct member *find_member(const struct member *members, size_t n,
                                        const char *name)
{
    for (size_t i = 0; i < n; i++) {
        if (strcmp(members[i].name, name) == 0)
            return &members[i];
    }
    return NULL;
}

static void unknown_name(struct entry *e, const char *name,
                         const struct member *members, size_t n)
{
    char text[SUGGEST_TEXT_SIZE];
    struct suggest s;

    suggest_begin(&s, name);
    for (size_t i = 0; i < n; i++)
        suggest_consider(&s, members[i].name);
    findings_add(e->c->findings, FINDING_ERROR, e->table, e->row, name,
                 "the name '%s' is unknown here%s", name,
                 compile_advice(&s, text, "; take it out"));
}

/* A spreadsheet writes "none" as an empty text. */
static bool is_left_out(const struct member *m, const json_t *value)
{
    return !m->required && json_is_string(value) &&
           json_string_length(value) == 0;
}

void entry_read_object(struct entry *e, json_t *object,
                       const struct member *members, size_t n, void *record)
{
    const char *outer = e->name;
    const char *name;
    json_t *value;

    json_object_foreach(object, name, value)
    {
        const struct member *m = find_member(members, n, name);

        if (!m) {
            unknown_name(e, name, members, n);
            continue;
        }
        if (is_left_out(m, value))
            continue;
        e->name = m->name;
        m->read(e, value, (char *)record + m->offset);
    }
    e->name = outer;
    for (size_t i = 0; i < n; i++) {
        if (members[i].required && !json_object_get(object, members[i].name))
            findings_add(e->c->findings, FINDING_ERROR, e->table, e->row,
                         members[i].name, "'%s' is missing; add it",
                         members[i].name);
    }
}

void entry_read(struct compile *c, enum table_id table,
                const struct table_row *row, const struct member *members,
                size_t n, void *record)
{
    struct entry e = {.c = c, .table = table, .row = row, .name = ""};
    json_error_t error;
    json_t *object =
        json_loadb(row->value, row->value_size, JSON_REJECT_DUPLICATES, &error);

    if (!object) {
        entry_error(&e, "the value is no JSON: %s at column %d; correct it",
                    error.text, error.column);
        return;
    }
    if (json_is_object(object))
        entry_read_object(&e, object, members, n, record);
    else
        entry_error(&e, "the value is no JSON object; write {\"name\": ...}");
    json_decref(object);
}

const char *entry_string(struct entry *e, json_t *value)
{
    const char *text = json_string_value(value);

    if (!text)
        entry_error(e, "'%s' is no text; put it in quotes", e->name);
    else if (text[0] == '\0')
        entry_error(e, "'%s' is empty; fill it in or leave the name out",
                    e->name);
    else
        return text;
    return NULL;
}

void read_text(struct entry *e, json_t *value, void *field)
{
    const char *text = json_string_value(value);

    if (!text)
        entry_error(e, "'%s' is no text; put it in quotes", e->name);
    else if (strlen(text) > MAX_TEXT)
        entry_error(e, "'%s' has %zu bytes; at most %d fit into an event",
                    e->name, strlen(text), MAX_TEXT);
    else
        *(const char **)field = compile_text(e->c, text);
}

void read_flag(struct entry *e, json_t *value, void *field)
{
    if (!json_is_boolean(value))
        entry_error(e, "'%s' is neither true nor false (without quotes)",
                    e->name);
    else
        *(bool *)field = json_is_true(value);
}

void read_count(struct entry *e, json_t *value, void *field)
{
    json_int_t n = json_integer_value(value);

    if (!json_is_integer(value) || n < 0 || n > COUNT_MAX)
        entry_error(e, "'%s' is no whole number from 0 to %d", e->name,
                    COUNT_MAX);
    else
        *(uint32_t *)field = (uint32_t)n;
}

void read_duration(struct entry *e, json_t *value, void *field)
{
    const char *text = entry_string(e, value);
    char why[128];

    if (text && !duration_parse(text, field, why, sizeof(why)))
        entry_error(e, "'%s': '%s' is no duration: %s", e->name, text, why);
}

void read_department(struct entry *e, json_t *value, void *field)
{
    const char *id = entry_string(e, value);
    const struct department *found = id ? entry_department(e, id) : NULL;

    if (found)
        *(const struct department **)field = found;
}

void read_calendar(struct entry *e, json_t *value, void *field)
{
    const char *id = entry_string(e, value);
    const struct calendar *found = id ? entry_calendar(e, id) : NULL;

    if (found)
        *(const struct calendar **)field = found;
}

void read_policy(struct entry *e, json_t *value, void *field)
{
    const char *id = entry_string(e, value);
    const struct policy *found = id ? entry_policy(e, id) : NULL;

    if (found)
        *(const struct policy **)field = found;
}

/* Says that an id is not in a table, with the nearest one that is. An entry
 * that is there but was refused has its own finding already. */
static void unknown_id(struct entry *e, const char *id, enum table_id table)
{
    const struct table *t = &e->c->tables->tables[table];
    char text[SUGGEST_TEXT_SIZE];
    struct suggest s;

    if (tables_find(e->c->tables, table, id))
        return;
    suggest_begin(&s, id);
    /* Beyond the last finding that is kept nobody reads a suggestion. */
    for (size_t i = 0; i < t->n && e->c->findings->n < FINDINGS_MAX; i++)
        suggest_consider(&s, t->rows[i].field);
    entry_error(
        e, "'%s': '%s' is not in %s%s", e->name, id, table_name(table),
        compile_advice(&s, text, "; add it there or name one that is there"));
}

const struct department *entry_department(struct entry *e, const char *id)
{
    const struct department *found = catalogue_department(e->c->cat, id);

    if (!found)
        unknown_id(e, id, TABLE_DEPARTMENTS);
    return found;
}

const struct calendar *entry_calendar(struct entry *e, const char *id)
{
    const struct calendar *found = catalogue_calendar(e->c->cat, id);

    if (!found)
        unknown_id(e, id, TABLE_CALENDARS);
    return found;
}

const struct policy *entry_policy(struct entry *e, const char *id)
{
    const struct policy *found = catalogue_policy(e->c->cat, id);

    if (!found)
        unknown_id(e, id, TABLE_POLICIES);
    return found;
}
