/*
 * The mapping file into a list of fields, each with its place in the message
 * and its template.
 */
#include "mapping_fields.h"

#include "memory.h"
#include "suggest.h"
#include "template.h"
#include "zone.h"

#include <ini.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MAX_INDEX = 63 };

bool mapping_fail(struct mapping_error *error, const char *where,
                  const char *format, ...)
{
    va_list args;
    va_start(args, format);
    snprintf(error->where, sizeof error->where, "%s", where);
    vsnprintf(error->message, sizeof error->message, format, args);
    va_end(args);
    return false;
}

static bool fail_name(struct mapping_error *error, const char *path,
                      const char *name, const ProtobufCMessageDescriptor *type)
{
    struct suggest suggest;
    char text[SUGGEST_TEXT_SIZE];
    suggest_begin(&suggest, name);
    for (unsigned i = 0; i < type->n_fields; i++)
        suggest_consider(&suggest, type->fields[i].name);
    return mapping_fail(error, path, "%s has no field %.60s%s",
                        type->short_name, name, suggest_text(&suggest, text));
}

/* The index behind a repeated field's name. */
static bool take_index(char **rest, int *index)
{
    char *word = strsep(rest, ".");
    char *end;
    if (word == NULL || *word == '\0')
        return false;
    long number = strtol(word, &end, 10);
    if (*end != '\0' || number < 0 || number > MAX_INDEX)
        return false;
    *index = (int)number;
    return true;
}

static void append_step(struct mapped_field *field, const struct step *step)
{
    size_t used = strlen(field->path);
    int n = snprintf(field->path + used, PATH_SIZE - used, "%s%s",
                     used > 0 ? "." : "", step->field->name);
    used += (size_t)n;
    if (step->index != NO_INDEX && used < PATH_SIZE)
        snprintf(field->path + used, PATH_SIZE - used, "[%d]", step->index);
    field->steps[field->n_steps++] = *step;
}

/* Follows "created.matters.0.category" down the descriptors. */
static bool resolve(const struct mapping *m, const char *name,
                    struct mapped_field *field, struct mapping_error *error)
{
    char copy[PATH_SIZE];
    char *rest = copy;
    const ProtobufCMessageDescriptor *type = m->type;

    if ((size_t)snprintf(copy, sizeof copy, "%s", name) >= sizeof copy)
        return mapping_fail(error, "", "a field's name is longer than %d bytes",
                            PATH_SIZE - 1);
    while (rest != NULL) {
        char *word = strsep(&rest, ".");
        struct step step = {.index = NO_INDEX};
        if (type == NULL || field->n_steps == MAX_STEPS)
            return mapping_fail(error, name, "%s has no fields of its own",
                                field->path);
        step.field =
            protobuf_c_message_descriptor_get_field_by_name(type, word);
        if (step.field == NULL)
            return fail_name(error, name, word, type);
        if (step.field->label == PROTOBUF_C_LABEL_REPEATED &&
            !take_index(&rest, &step.index))
            return mapping_fail(error, name,
                                "%s is a list: write %s.0 for its first item",
                                word, word);
        append_step(field, &step);
        type = step.field->type == PROTOBUF_C_TYPE_MESSAGE
                   ? step.field->descriptor
                   : NULL;
    }
    if (type != NULL)
        return mapping_fail(error, name,
                            "%s is a message: name one of its fields",
                            field->path);
    return true;
}

/* The contract's paths: `area`, `category` and `suggested_area`. */
static bool is_path(const ProtobufCFieldDescriptor *field)
{
    static const char *const names[] = {"area", "category", "suggested_area"};
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
        if (strcmp(field->name, names[i]) == 0)
            return true;
    return false;
}

static struct mapped_field *find_field(const struct mapping *m,
                                       const char *path)
{
    for (size_t i = 0; i < m->n_fields; i++)
        if (strcmp(m->fields[i].path, path) == 0)
            return &m->fields[i];
    return NULL;
}

static bool add_field(struct mapping *m, const char *name, const char *text,
                      struct mapping_error *error)
{
    struct mapped_field field = {0};
    char why[TEMPLATE_WHY_SIZE];
    if (!resolve(m, name, &field, error))
        return false;
    if (find_field(m, field.path) != NULL)
        return mapping_fail(
            error, name,
            "is filled twice (a line that begins with a blank goes on "
            "with the one before)");
    field.template =
        template_parse(text, is_path(mapped_field_leaf(&field)), why);
    if (field.template == NULL)
        return mapping_fail(error, name, "%s", why);
    m->fields = memory_grow(m->fields, m->n_fields + 1, sizeof *m->fields);
    m->fields[m->n_fields++] = field;
    return true;
}

static bool set_zone(struct mapping *m, const char *value,
                     struct mapping_error *error)
{
    char why[MAPPING_WHY_SIZE / 2];
    m->zone = zone_load(value, why, sizeof why);
    return m->zone != NULL || mapping_fail(error, "zone", "%s", why);
}

static bool set_source(struct mapping *m, const char *name, const char *value,
                       struct mapping_error *error)
{
    if (strcmp(name, "zone") == 0 && m->zone == NULL)
        return set_zone(m, value, error);
    if (strcmp(name, "name") == 0 && m->name == NULL) {
        m->name = memory_copy_text(value);
        return true;
    }
    if (strcmp(name, "time_format") == 0 && m->time_format == NULL) {
        m->time_format = memory_copy_text(value);
        return true;
    }
    return mapping_fail(error, name,
                        "[source] has name, zone and time_format, each once");
}

/* inih's handler: 0 is an error in this line. Only the first one is kept. */
static int take_entry(void *opaque, const char *section, const char *name,
                      const char *value)
{
    struct mapping *m = opaque;
    if (m->error->message[0] != '\0')
        return 0;
    if (strcmp(section, "source") == 0)
        return set_source(m, name, value, m->error);
    if (strcmp(section, "fields") == 0)
        return add_field(m, name, value, m->error);
    return mapping_fail(m->error, section,
                        "no such section; there are [source] and [fields]");
}

/* Whether both lie in the same item of the innermost list that holds `a`. */
static bool share_item(const struct mapped_field *a,
                       const struct mapped_field *b)
{
    size_t depth = a->n_steps - 1;
    while (depth > 0 && a->steps[depth - 1].index == NO_INDEX)
        depth--;
    if (depth == 0 || b->n_steps <= depth)
        return false;
    for (size_t i = 0; i < depth; i++)
        if (a->steps[i].field != b->steps[i].field ||
            a->steps[i].index != b->steps[i].index)
            return false;
    return true;
}

static bool follows(const struct mapping *m, const struct mapped_field *field)
{
    if (template_has_columns(field->template))
        return false;
    for (size_t i = 0; i < m->n_fields; i++)
        if (template_has_columns(m->fields[i].template) &&
            share_item(field, &m->fields[i]))
            return true;
    return false;
}

static int by_columns_first(const void *a, const void *b)
{
    const struct mapped_field *left = a;
    const struct mapped_field *right = b;
    if (left->follows != right->follows)
        return left->follows - right->follows;
    return strcmp(left->path, right->path);
}

/* After the last field: what is implied, what is missing, the order. */
static bool complete(struct mapping *m, struct mapping_error *error)
{
    static const char *const needed[] = {"event_id", "ticket_id"};
    if (m->name != NULL && find_field(m, "source") == NULL &&
        !add_field(m, "source", m->name, error))
        return false;
    for (size_t i = 0; i < sizeof(needed) / sizeof(needed[0]); i++)
        if (find_field(m, needed[i]) == NULL)
            return mapping_fail(error, needed[i],
                                "nothing fills it; every event needs one");
    for (size_t i = 0; i < m->n_fields; i++)
        m->fields[i].follows = follows(m, &m->fields[i]);
    qsort(m->fields, m->n_fields, sizeof *m->fields, by_columns_first);
    return true;
}

static struct mapping *new_mapping(const ProtobufCMessageDescriptor *type)
{
    struct mapping *m = memory_new(sizeof *m);
    m->type = type;
    m->expanded = memory_new(sizeof *m->expanded);
    return m;
}

struct mapping *mapping_parse(const char *text,
                              const ProtobufCMessageDescriptor *type,
                              struct mapping_error *error)
{
    struct mapping *m = new_mapping(type);
    *error = (struct mapping_error){0};
    m->error = error;
    int line = ini_parse_string(text, take_entry, m);
    m->error = NULL;
    if (line != 0) {
        error->line = line;
        if (error->message[0] == '\0')
            mapping_fail(error, "",
                         "the line is no name = value, or too long: go on "
                         "in a further line that begins with a blank");
    }
    if (line != 0 || !complete(m, error))
        mapping_free(&m);
    return m;
}

struct mapping *mapping_of_header(const struct row *header,
                                  const ProtobufCMessageDescriptor *type,
                                  struct mapping_error *error)
{
    struct mapping *m = new_mapping(type);
    *error = (struct mapping_error){0};
    bool ok = true;
    for (size_t i = 0; ok && i < header->n_cells; i++) {
        char template[PATH_SIZE + 2];
        snprintf(template, sizeof template, "{%s}", header->cells[i]);
        ok = add_field(m, header->cells[i], template, error);
    }
    if (!ok || !complete(m, error))
        mapping_free(&m);
    return m;
}

void mapping_free(struct mapping **mapping)
{
    struct mapping *m = *mapping;
    if (m == NULL)
        return;
    for (size_t i = 0; i < m->n_fields; i++)
        template_free(&m->fields[i].template);
    zone_free(&m->zone);
    free(m->fields);
    free(m->name);
    free(m->time_format);
    free(m->expanded->bytes);
    free(m->expanded);
    free(m);
    *mapping = NULL;
}

bool mapping_bind(struct mapping *m, const struct row *header,
                  struct mapping_error *error)
{
    char why[TEMPLATE_WHY_SIZE];
    *error = (struct mapping_error){0};
    m->n_cells = header->n_cells;
    for (size_t i = 0; i < m->n_fields; i++)
        if (!template_bind(m->fields[i].template, header, why))
            return mapping_fail(error, m->fields[i].path, "%s", why);
    return true;
}

const char *mapping_template(const struct mapping *m, const char *path)
{
    const struct mapped_field *field = find_field(m, path);
    return field != NULL ? template_source(field->template) : "";
}
