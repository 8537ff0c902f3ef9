/*
 * The memory layout of protobuf-c's messages, as protobuf-c.h documents it.
 */
#include "message_json_types.h"

#include <assert.h>
#include <string.h>

static const struct {
    enum message_json_family family;
    size_t size;
} types[] = {
    [PROTOBUF_C_TYPE_INT32] = {FAMILY_SIGNED_32, sizeof(int32_t)},
    [PROTOBUF_C_TYPE_SINT32] = {FAMILY_SIGNED_32, sizeof(int32_t)},
    [PROTOBUF_C_TYPE_SFIXED32] = {FAMILY_SIGNED_32, sizeof(int32_t)},
    [PROTOBUF_C_TYPE_INT64] = {FAMILY_SIGNED_64, sizeof(int64_t)},
    [PROTOBUF_C_TYPE_SINT64] = {FAMILY_SIGNED_64, sizeof(int64_t)},
    [PROTOBUF_C_TYPE_SFIXED64] = {FAMILY_SIGNED_64, sizeof(int64_t)},
    [PROTOBUF_C_TYPE_UINT32] = {FAMILY_UNSIGNED_32, sizeof(uint32_t)},
    [PROTOBUF_C_TYPE_FIXED32] = {FAMILY_UNSIGNED_32, sizeof(uint32_t)},
    [PROTOBUF_C_TYPE_UINT64] = {FAMILY_UNSIGNED_64, sizeof(uint64_t)},
    [PROTOBUF_C_TYPE_FIXED64] = {FAMILY_UNSIGNED_64, sizeof(uint64_t)},
    [PROTOBUF_C_TYPE_FLOAT] = {FAMILY_FLOAT, sizeof(float)},
    [PROTOBUF_C_TYPE_DOUBLE] = {FAMILY_DOUBLE, sizeof(double)},
    [PROTOBUF_C_TYPE_BOOL] = {FAMILY_BOOL, sizeof(protobuf_c_boolean)},
    [PROTOBUF_C_TYPE_ENUM] = {FAMILY_ENUM, sizeof(int32_t)},
    [PROTOBUF_C_TYPE_STRING] = {FAMILY_TEXT, sizeof(char *)},
    [PROTOBUF_C_TYPE_BYTES] = {FAMILY_BYTES, sizeof(ProtobufCBinaryData)},
    [PROTOBUF_C_TYPE_MESSAGE] = {FAMILY_MESSAGE, sizeof(ProtobufCMessage *)},
};

enum message_json_family message_json_family(ProtobufCType type)
{
    assert(type < sizeof(types) / sizeof(types[0]));
    return types[type].family;
}

size_t message_json_size(ProtobufCType type)
{
    assert(type < sizeof(types) / sizeof(types[0]));
    return types[type].size;
}

static void *at_offset(const ProtobufCMessage *msg, unsigned offset)
{
    return (char *)(uintptr_t)msg + offset;
}

void *message_json_member(const ProtobufCMessage *msg,
                          const ProtobufCFieldDescriptor *field)
{
    return at_offset(msg, field->offset);
}

size_t *message_json_count(const ProtobufCMessage *msg,
                           const ProtobufCFieldDescriptor *field)
{
    assert(field->label == PROTOBUF_C_LABEL_REPEATED);
    return at_offset(msg, field->quantifier_offset);
}

uint32_t *message_json_case(const ProtobufCMessage *msg,
                            const ProtobufCFieldDescriptor *field)
{
    assert(field->flags & PROTOBUF_C_FIELD_FLAG_ONEOF);
    return at_offset(msg, field->quantifier_offset);
}

bool message_json_is_time(const ProtobufCFieldDescriptor *field)
{
    size_t size = strlen(field->name);
    return field->type == PROTOBUF_C_TYPE_INT64 && size > 3 &&
           strcmp(field->name + size - 3, "_at") == 0;
}
