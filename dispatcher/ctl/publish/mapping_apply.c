/*
 * One row through the mapping: a tree of JSON that holds what the row fills.
 */
#include "mapping_fields.h"

#include "message_json_types.h"
#include "source_time.h"
#include "template.h"

/* The item of a list, made if need be. Items before it that nothing fills
 * are null until the end. */
static json_t *list_item(json_t *parent, const struct step *step)
{
    const char *name = step->field->name;
    json_t *list = json_object_get(parent, name);
    if (list == NULL) {
        list = json_array();
        json_object_set_new(parent, name, list);
    }
    while (json_array_size(list) <= (size_t)step->index)
        json_array_append_new(list, json_null());
    json_t *item = json_array_get(list, (size_t)step->index);
    if (!json_is_null(item))
        return item;
    item = json_object();
    json_array_set_new(list, (size_t)step->index, item);
    return item;
}

static json_t *member(json_t *parent, const struct step *step)
{
    if (step->index != NO_INDEX)
        return list_item(parent, step);
    json_t *object = json_object_get(parent, step->field->name);
    if (object == NULL) {
        object = json_object();
        json_object_set_new(parent, step->field->name, object);
    }
    return object;
}

/* Whether the innermost list's item that holds the field is there. */
static bool item_exists(const json_t *root, const struct mapped_field *field)
{
    const json_t *at = root;
    for (size_t i = 0; i + 1 < field->n_steps; i++) {
        const struct step *step = &field->steps[i];
        at = json_object_get(at, step->field->name);
        if (step->index != NO_INDEX)
            at = json_array_get(at, (size_t)step->index);
        if (step->index != NO_INDEX && !json_is_object(at))
            return false;
    }
    return true;
}

/* Takes over the reference to `value`. */
static void put(json_t *root, const struct mapped_field *field, json_t *value)
{
    json_t *at = root;
    for (size_t i = 0; i + 1 < field->n_steps; i++)
        at = member(at, &field->steps[i]);
    const struct step *last = &field->steps[field->n_steps - 1];
    if (last->index == NO_INDEX) {
        json_object_set_new(at, last->field->name, value);
        return;
    }
    member(at, last);
    json_array_set_new(json_object_get(at, last->field->name),
                       (size_t)last->index, value);
}

/* Takes the items that nothing filled out of all lists. */
static void prune(json_t *json)
{
    const char *name;
    json_t *value;
    for (size_t i = json_array_size(json); i > 0; i--) {
        if (json_is_null(json_array_get(json, i - 1)))
            json_array_remove(json, i - 1);
        else
            prune(json_array_get(json, i - 1));
    }
    json_object_foreach(json, name, value)
    {
        prune(value);
    }
}

static json_t *to_value(const struct mapping *m,
                        const struct mapped_field *field, const char *text,
                        struct mapping_error *error)
{
    if (!message_json_is_time(mapped_field_leaf(field))) {
        json_t *value = json_string(text);
        if (value == NULL)
            mapping_fail(
                error, template_source(field->template),
                "is not UTF-8; convert the file first, for example with "
                "iconv -f latin1 -t utf-8");
        return value;
    }
    struct source_time source = {.zone = m->zone, .format = m->time_format};
    int64_t at_ms;
    if (source_time_read(&source, text, &at_ms))
        return json_integer(at_ms);
    mapping_fail(
        error, template_source(field->template),
        "\"%.40s\" is no time of the form %s; correct the row, or "
        "time_format in [source]",
        text, m->time_format != NULL ? m->time_format : "2018-10-21T23:42:00");
    return NULL;
}

json_t *mapping_apply(const struct mapping *m, const struct row *row,
                      struct mapping_error *error)
{
    *error = (struct mapping_error){0};
    if (row->n_cells != m->n_cells) {
        mapping_fail(
            error, "",
            "the row has %zu columns, the header has %zu; look for a comma "
            "or a quotation mark that is not quoted",
            row->n_cells, m->n_cells);
        return NULL;
    }
    json_t *root = json_object();
    for (size_t i = 0; i < m->n_fields; i++) {
        const struct mapped_field *field = &m->fields[i];
        if (template_expand(field->template, row, m->expanded) ==
            TEMPLATE_EMPTY)
            continue;
        if (field->follows && !item_exists(root, field))
            continue;
        json_t *value = to_value(m, field, m->expanded->bytes, error);
        if (value == NULL) {
            json_decref(root);
            return NULL;
        }
        put(root, field, value);
    }
    prune(root);
    return root;
}
