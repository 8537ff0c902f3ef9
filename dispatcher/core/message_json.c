/*
 * A message as JSON: one writer for each wire type, found through a table.
 */
#include "message_json.h"

#include "memory.h"
#include "message_json_types.h"
#include "output.h"

#include <assert.h>
#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* For texts of others that are not UTF-8: still readable, always valid. */
static json_t *replaced_text(const char *text)
{
    char *ascii = memory_copy_text(text);
    for (char *p = ascii; *p != '\0'; p++)
        if ((unsigned char)*p >= 0x80)
            *p = '?';
    json_t *json = json_string(ascii);
    free(ascii);
    return json;
}

json_t *message_json_text(const char *text)
{
    json_t *json = json_string(text);
    return json != NULL ? json : replaced_text(text);
}

/* JSON has no infinities; protobuf's mapping writes their names. */
static json_t *real_to_json(double value)
{
    if (isnan(value))
        return json_string("NaN");
    if (isinf(value))
        return json_string(value > 0 ? "Infinity" : "-Infinity");
    return json_real(value);
}

/* jansson's integers end at INT64_MAX; what is above is written as a text, as
 * protobuf's mapping does with all of them. */
static json_t *unsigned_to_json(uint64_t value)
{
    if (value <= INT64_MAX)
        return json_integer((json_int_t)value);
    return json_sprintf("%" PRIu64, value);
}

static json_t *enum_to_json(const ProtobufCFieldDescriptor *field, int number,
                            enum message_json_style style)
{
    const ProtobufCEnumDescriptor *type = field->descriptor;
    const ProtobufCEnumValue *value =
        protobuf_c_enum_descriptor_get_value(type, number);
    if (value == NULL)
        return json_integer(number);
    return json_string(style == MESSAGE_JSON_PEOPLE
                           ? message_json_short_name(type, value->name)
                           : value->name);
}

json_t *message_json_time(int64_t at_ms, enum message_json_style style)
{
    if (style == MESSAGE_JSON_EXACT)
        return json_integer(at_ms);
    char text[OUTPUT_TIME_SIZE];
    output_time(at_ms, text);
    return json_string(text);
}

static json_t *integer_to_json(const ProtobufCFieldDescriptor *field,
                               int64_t value, enum message_json_style style)
{
    return message_json_is_time(field) ? message_json_time(value, style)
                                       : json_integer(value);
}

/* One value, of whatever type, at `at`. */
static json_t *value_to_json(const ProtobufCFieldDescriptor *field,
                             const void *at, enum message_json_style style)
{
    union message_json_value value;
    memcpy(&value, at, message_json_size(field->type));

    switch (message_json_family(field->type)) {
    case FAMILY_SIGNED_32:
        return json_integer(value.int32);
    case FAMILY_UNSIGNED_32:
        return json_integer(value.uint32);
    case FAMILY_SIGNED_64:
        return integer_to_json(field, value.int64, style);
    case FAMILY_UNSIGNED_64:
        return unsigned_to_json(value.uint64);
    case FAMILY_FLOAT:
        return real_to_json((double)value.real32);
    case FAMILY_DOUBLE:
        return real_to_json(value.real64);
    case FAMILY_BOOL:
        return json_boolean(value.boolean);
    case FAMILY_ENUM:
        return enum_to_json(field, value.int32, style);
    case FAMILY_TEXT:
        return message_json_text(value.text != NULL ? value.text : "");
    case FAMILY_BYTES:
        return message_json_base64(value.bytes.data, value.bytes.len);
    case FAMILY_MESSAGE:
        return message_json_write(value.message, style);
    }
    assert(!"a wire type that protobuf-c does not have");
    return NULL;
}

static json_t *list_to_json(const ProtobufCMessage *msg,
                            const ProtobufCFieldDescriptor *field,
                            enum message_json_style style)
{
    size_t n = *message_json_count(msg, field);
    const char *items = *(const char *const *)message_json_member(msg, field);
    if (n == 0)
        return NULL;

    json_t *list = json_array();
    size_t size = message_json_size(field->type);
    for (size_t i = 0; i < n; i++)
        json_array_append_new(list,
                              value_to_json(field, items + i * size, style));
    return list;
}

/* proto3: a value of zeros, an empty text or no message at all. */
static bool is_default(const ProtobufCFieldDescriptor *field, const void *at)
{
    union message_json_value value = {0};
    static const union message_json_value zero;
    memcpy(&value, at, message_json_size(field->type));

    if (field->type == PROTOBUF_C_TYPE_STRING)
        return value.text == NULL || value.text[0] == '\0';
    if (field->type == PROTOBUF_C_TYPE_BYTES)
        return value.bytes.len == 0;
    return memcmp(&value, &zero, message_json_size(field->type)) == 0;
}

/* NULL when the field is not set. */
static json_t *field_to_json(const ProtobufCMessage *msg,
                             const ProtobufCFieldDescriptor *field,
                             enum message_json_style style)
{
    if (field->label == PROTOBUF_C_LABEL_REPEATED)
        return list_to_json(msg, field, style);

    const void *at = message_json_member(msg, field);
    bool chosen = (field->flags & PROTOBUF_C_FIELD_FLAG_ONEOF) != 0;
    if (chosen && *message_json_case(msg, field) != field->id)
        return NULL;
    if (is_default(field, at) &&
        (!chosen || field->type == PROTOBUF_C_TYPE_MESSAGE))
        return NULL;
    return value_to_json(field, at, style);
}

json_t *message_json_write(const ProtobufCMessage *msg,
                           enum message_json_style style)
{
    json_t *object = json_object();
    for (unsigned i = 0; i < msg->descriptor->n_fields; i++) {
        const ProtobufCFieldDescriptor *field = &msg->descriptor->fields[i];
        json_t *value = field_to_json(msg, field, style);
        if (value != NULL)
            json_object_set_new(object, field->name, value);
    }
    return object;
}

json_t *message_json_base64(const void *bytes, size_t size)
{
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
                                 "abcdefghijklmnopqrstuvwxyz0123456789+/";
    const unsigned char *in = bytes;
    char *text = memory_new((size + 2) / 3 * 4 + 1);
    char *out = text;

    for (size_t i = 0; i < size; i += 3) {
        size_t left = size - i;
        uint32_t group = (uint32_t)in[i] << 16 |
                         (left > 1 ? (uint32_t)in[i + 1] << 8 : 0) |
                         (left > 2 ? (uint32_t)in[i + 2] : 0);
        *out++ = digits[group >> 18];
        *out++ = digits[group >> 12 & 63];
        *out++ = left > 1 ? digits[group >> 6 & 63] : '=';
        *out++ = left > 2 ? digits[group & 63] : '=';
    }
    json_t *json = json_stringn(text, (size_t)(out - text));
    free(text);
    return json;
}
