/*
 * What a mapping is made of, for mapping.c, which reads it, and
 * mapping_apply.c, which fills it.
 */
#ifndef DISPATCHER_MAPPING_FIELDS_H
#define DISPATCHER_MAPPING_FIELDS_H

#include "mapping.h"

struct template;
struct template_text;
struct zone;

enum { MAX_STEPS = 6, NO_INDEX = -1, PATH_SIZE = 160 };

/* One step of "created.matters.0.category": matters with index 0. */
struct step {
    const ProtobufCFieldDescriptor *field;
    int index; /* of a repeated field, else NO_INDEX */
};

struct mapped_field {
    char path[PATH_SIZE]; /* as message_json_error has it */
    struct step steps[MAX_STEPS];
    size_t n_steps;
    struct template *template;
    /* Has no columns and stands in a list's item to which columns belong: it
     * does not bring the item into being. */
    bool follows;
};

struct mapping {
    const ProtobufCMessageDescriptor *type;
    char *name;
    char *time_format;
    struct zone *zone;
    struct mapped_field *fields;
    size_t n_fields;
    size_t n_cells;                 /* of the file that is bound */
    struct mapping_error *error;    /* while parsing */
    struct template_text *expanded; /* scratch */
};

/* The field itself, behind all steps. */
static inline const ProtobufCFieldDescriptor *
mapped_field_leaf(const struct mapped_field *field)
{
    return field->steps[field->n_steps - 1].field;
}

/* Fills *error; false, so that it can be returned. */
bool mapping_fail(struct mapping_error *error, const char *where,
                  const char *format, ...) PRINTF_LIKE(3, 4);

#endif
