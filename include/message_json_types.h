/*
 * How protobuf-c lays out a message in memory, for message_json.c and
 * message_json_read.c: where a field lies, and what is there.
 */
#ifndef DISPATCHER_MESSAGE_JSON_TYPES_H
#define DISPATCHER_MESSAGE_JSON_TYPES_H

#include <protobuf-c/protobuf-c.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Wire types that look alike in memory. */
enum message_json_family {
    FAMILY_SIGNED_32,
    FAMILY_UNSIGNED_32,
    FAMILY_SIGNED_64,
    FAMILY_UNSIGNED_64,
    FAMILY_FLOAT,
    FAMILY_DOUBLE,
    FAMILY_BOOL,
    FAMILY_ENUM,
    FAMILY_TEXT,
    FAMILY_BYTES,
    FAMILY_MESSAGE,
};

/* One value of any type, as it lies in a message or in a list. */
union message_json_value {
    int32_t int32; /* also enums */
    uint32_t uint32;
    int64_t int64;
    uint64_t uint64;
    float real32;
    double real64;
    protobuf_c_boolean boolean;
    char *text;
    ProtobufCBinaryData bytes;
    ProtobufCMessage *message;
};

enum message_json_family message_json_family(ProtobufCType type);

/* Bytes of one value in memory. */
size_t message_json_size(ProtobufCType type);

/* The value of a single field; the pointer to the items of a repeated one. */
void *message_json_member(const ProtobufCMessage *msg,
                          const ProtobufCFieldDescriptor *field);

/* How many items a repeated field has. */
size_t *message_json_count(const ProtobufCMessage *msg,
                           const ProtobufCFieldDescriptor *field);

/* The number of the field that is set, of a oneof's member. */
uint32_t *message_json_case(const ProtobufCMessage *msg,
                            const ProtobufCFieldDescriptor *field);

/* By the contract: an int64 whose name ends in _at is UTC milliseconds. */
bool message_json_is_time(const ProtobufCFieldDescriptor *field);

#endif
