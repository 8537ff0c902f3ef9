/*
 * JSON into a message: one reader for each family of types. The path to the
 * place being read is a list on the stack, written out only for an error.
 */
#include "arena.h"
#include "message_json.h"
#include "message_json_types.h"
#include "rfc3339.h"
#include "suggest.h"

#include <assert.h>
#include <errno.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

struct reader {
    struct arena *arena;
    struct message_json_error *error;
};

/* Where in the input we are. */
struct place {
    const struct place *parent; /* NULL: the whole */
    const char *name;
    size_t index; /* of a list's item, else NO_INDEX */
};

static const size_t NO_INDEX = SIZE_MAX;

static void append(char *text, size_t size, const char *format, ...)
    PRINTF_LIKE(3, 4);

static void append(char *text, size_t size, const char *format, ...)
{
    size_t used = strlen(text);
    va_list args;
    va_start(args, format);
    vsnprintf(text + used, size - used, format, args);
    va_end(args);
}

static void write_path(const struct place *place, char *path, size_t size)
{
    if (place == NULL)
        return;
    write_path(place->parent, path, size);
    append(path, size, "%s%s", path[0] != '\0' ? "." : "", place->name);
    if (place->index != NO_INDEX)
        append(path, size, "[%zu]", place->index);
}

static bool fail(const struct reader *r, const struct place *place,
                 const char *format, ...) PRINTF_LIKE(3, 4);

static bool fail(const struct reader *r, const struct place *place,
                 const char *format, ...)
{
    struct message_json_error *error = r->error;
    error->path[0] = '\0';
    write_path(place, error->path, sizeof error->path);
    va_list args;
    va_start(args, format);
    vsnprintf(error->message, sizeof error->message, format, args);
    va_end(args);
    return false;
}

static bool fail_memory(const struct reader *r, const struct place *place)
{
    return fail(r, place, "the message needs too much memory");
}

static bool read_message(const struct reader *r, const struct place *place,
                         const json_t *json,
                         const ProtobufCMessageDescriptor *type,
                         ProtobufCMessage **out);

/* A whole number between two bounds, as a number or as its text. */
static bool read_integer(const struct reader *r, const struct place *place,
                         const json_t *json, const int64_t bounds[2],
                         int64_t *out)
{
    int64_t value = json_integer_value(json);
    if (json_is_string(json)) {
        char *end;
        errno = 0;
        value = strtoll(json_string_value(json), &end, 10);
        if (end == json_string_value(json) || *end != '\0' || errno != 0)
            return fail(r, place, "is no whole number");
    } else if (!json_is_integer(json)) {
        return fail(r, place, "must be a whole number");
    }
    if (value < bounds[0] || value > bounds[1])
        return fail(r, place, "must lie between %lld and %lld",
                    (long long)bounds[0], (long long)bounds[1]);
    *out = value;
    return true;
}

static bool read_time(const struct reader *r, const struct place *place,
                      const json_t *json, int64_t *out)
{
    static const int64_t bounds[2] = {INT64_MIN, INT64_MAX};
    const char *text = json_string_value(json);
    if (text == NULL || text[strspn(text, "-0123456789")] == '\0')
        return read_integer(r, place, json, bounds, out);
    if (rfc3339_parse(text, out))
        return true;
    return fail(r, place,
                "is no time; write 2018-10-21T23:42:00Z, or with an offset "
                "such as -04:00, or UTC milliseconds");
}

static bool read_real(const struct reader *r, const struct place *place,
                      const json_t *json, double *out)
{
    double value = json_number_value(json);
    const char *text = json_string_value(json);
    if (text != NULL) {
        char *end;
        value = strtod(text, &end);
        if (end == text || *end != '\0')
            return fail(r, place, "is no number");
    } else if (!json_is_number(json)) {
        return fail(r, place, "must be a number");
    }
    if (!isfinite(value))
        return fail(r, place, "must be a finite number");
    *out = value;
    return true;
}

static bool read_bool(const struct reader *r, const struct place *place,
                      const json_t *json, protobuf_c_boolean *out)
{
    const char *text = json_string_value(json);
    bool yes =
        json_is_true(json) || (text != NULL && strcasecmp(text, "true") == 0);
    bool no =
        json_is_false(json) || (text != NULL && strcasecmp(text, "false") == 0);
    if (!yes && !no)
        return fail(r, place, "must be true or false");
    *out = yes;
    return true;
}

static bool read_text(const struct reader *r, const struct place *place,
                      const json_t *json, char **out)
{
    if (!json_is_string(json))
        return fail(r, place, "must be a text in quotes");
    size_t size = json_string_length(json);
    if (strlen(json_string_value(json)) != size)
        return fail(r, place, "must not hold the character U+0000");
    char *copy = arena_copy(r->arena, json_string_value(json), size);
    if (copy == NULL)
        return fail_memory(r, place);
    *out = copy;
    return true;
}

/* Values share the beginning of the first one's name, up to UNSPECIFIED. */
const char *message_json_short_name(const ProtobufCEnumDescriptor *type,
                                    const char *name)
{
    static const char zero[] = "UNSPECIFIED";
    const char *first = type->values[0].name;
    const char *end = strstr(first, zero);
    size_t prefix = end != NULL ? (size_t)(end - first) : 0;
    return strncmp(name, first, prefix) == 0 ? name + prefix : name;
}

static bool fail_enum(const struct reader *r, const struct place *place,
                      const ProtobufCEnumDescriptor *type)
{
    char names[192] = "";
    for (unsigned i = 1; i < type->n_values; i++)
        append(names, sizeof names, "%s%s", i > 1 ? ", " : "",
               message_json_short_name(type, type->values[i].name));
    return fail(r, place, "is none of %s", names);
}

static bool read_enum(const struct reader *r, const struct place *place,
                      const json_t *json, const ProtobufCEnumDescriptor *type,
                      int32_t *out)
{
    const char *text = json_string_value(json);
    for (unsigned i = 0; i < type->n_values; i++) {
        const ProtobufCEnumValue *value = &type->values[i];
        const char *bare = message_json_short_name(type, value->name);
        bool meant = text != NULL
                         ? strcasecmp(text, value->name) == 0 ||
                               strcasecmp(text, bare) == 0
                         : json_is_integer(json) &&
                               json_integer_value(json) == value->value;
        if (!meant)
            continue;
        *out = value->value;
        return true;
    }
    return fail_enum(r, place, type);
}

static bool read_number(const struct reader *r, const struct place *place,
                        const ProtobufCFieldDescriptor *field,
                        const json_t *json, union message_json_value *value)
{
    static const int64_t bounds[][2] = {
        [FAMILY_SIGNED_32] = {INT32_MIN, INT32_MAX},
        [FAMILY_UNSIGNED_32] = {0, UINT32_MAX},
        [FAMILY_SIGNED_64] = {INT64_MIN, INT64_MAX},
        [FAMILY_UNSIGNED_64] = {0, INT64_MAX},
    };
    enum message_json_family family = message_json_family(field->type);
    if (message_json_is_time(field))
        return read_time(r, place, json, &value->int64);

    int64_t number = 0;
    if (!read_integer(r, place, json, bounds[family], &number))
        return false;
    if (family == FAMILY_SIGNED_32)
        value->int32 = (int32_t)number;
    else if (family == FAMILY_UNSIGNED_32)
        value->uint32 = (uint32_t)number;
    else
        value->int64 = number; /* the same bits where it is unsigned */
    return true;
}

static bool read_value(const struct reader *r, const struct place *place,
                       const ProtobufCFieldDescriptor *field,
                       const json_t *json, union message_json_value *value)
{
    double real = 0;
    switch (message_json_family(field->type)) {
    case FAMILY_SIGNED_32:
    case FAMILY_UNSIGNED_32:
    case FAMILY_SIGNED_64:
    case FAMILY_UNSIGNED_64:
        return read_number(r, place, field, json, value);
    case FAMILY_FLOAT:
        if (!read_real(r, place, json, &real))
            return false;
        value->real32 = (float)real;
        return true;
    case FAMILY_DOUBLE:
        return read_real(r, place, json, &value->real64);
    case FAMILY_BOOL:
        return read_bool(r, place, json, &value->boolean);
    case FAMILY_ENUM:
        return read_enum(r, place, json, field->descriptor, &value->int32);
    case FAMILY_TEXT:
        return read_text(r, place, json, &value->text);
    case FAMILY_BYTES:
        return fail(r, place, "bytes are not read from JSON");
    case FAMILY_MESSAGE:
        return read_message(r, place, json, field->descriptor, &value->message);
    }
    assert(!"a wire type that protobuf-c does not have");
    return false;
}

static bool read_list(const struct reader *r, const struct place *place,
                      const ProtobufCFieldDescriptor *field, const json_t *json,
                      ProtobufCMessage *msg)
{
    if (!json_is_array(json))
        return fail(r, place, "must be a list in square brackets");
    size_t n = json_array_size(json);
    size_t size = message_json_size(field->type);
    char *items = arena_alloc(r->arena, n * size);
    if (items == NULL)
        return fail_memory(r, place);

    for (size_t i = 0; i < n; i++) {
        struct place item = {place->parent, place->name, i};
        union message_json_value value;
        if (!read_value(r, &item, field, json_array_get(json, i), &value))
            return false;
        memcpy(items + i * size, &value, size);
    }
    *message_json_count(msg, field) = n;
    *(void **)message_json_member(msg, field) = items;
    return true;
}

static bool choose(const struct reader *r, const struct place *place,
                   const ProtobufCFieldDescriptor *field, ProtobufCMessage *msg)
{
    uint32_t *chosen = message_json_case(msg, field);
    if (*chosen != 0) {
        const ProtobufCFieldDescriptor *other =
            protobuf_c_message_descriptor_get_field(msg->descriptor, *chosen);
        return fail(r, place, "cannot be set together with %s", other->name);
    }
    *chosen = field->id;
    return true;
}

static bool read_field(const struct reader *r, const struct place *place,
                       const ProtobufCFieldDescriptor *field,
                       const json_t *json, ProtobufCMessage *msg)
{
    if (field->label == PROTOBUF_C_LABEL_REPEATED)
        return read_list(r, place, field, json, msg);

    union message_json_value value;
    if (!read_value(r, place, field, json, &value))
        return false;
    if ((field->flags & PROTOBUF_C_FIELD_FLAG_ONEOF) != 0 &&
        !choose(r, place, field, msg))
        return false;
    memcpy(message_json_member(msg, field), &value,
           message_json_size(field->type));
    return true;
}

static bool fail_unknown(const struct reader *r, const struct place *place,
                         const ProtobufCMessageDescriptor *type)
{
    struct suggest suggest;
    char text[SUGGEST_TEXT_SIZE];
    suggest_begin(&suggest, place->name);
    for (unsigned i = 0; i < type->n_fields; i++)
        suggest_consider(&suggest, type->fields[i].name);
    return fail(r, place, "unknown name%s", suggest_text(&suggest, text));
}

static bool read_message(const struct reader *r, const struct place *place,
                         const json_t *json,
                         const ProtobufCMessageDescriptor *type,
                         ProtobufCMessage **out)
{
    if (!json_is_object(json))
        return fail(r, place, "must be an object in curly brackets");
    ProtobufCMessage *msg = arena_alloc(r->arena, type->sizeof_message);
    if (msg == NULL)
        return fail_memory(r, place);
    type->message_init(msg);

    const char *name;
    json_t *value;
    /* The macro casts const away; nothing is changed. */
    json_object_foreach((json_t *)(uintptr_t)json, name, value)
    {
        struct place inner = {place, name, NO_INDEX};
        const ProtobufCFieldDescriptor *field =
            protobuf_c_message_descriptor_get_field_by_name(type, name);
        if (field == NULL)
            return fail_unknown(r, &inner, type);
        if (!json_is_null(value) && !read_field(r, &inner, field, value, msg))
            return false;
    }
    *out = msg;
    return true;
}

bool message_json_read(struct arena *a, const json_t *json,
                       const ProtobufCMessageDescriptor *type,
                       ProtobufCMessage **out, struct message_json_error *error)
{
    struct reader r = {.arena = a, .error = error};
    return read_message(&r, NULL, json, type, out);
}
