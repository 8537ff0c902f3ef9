/*
 * protobuf-c messages to JSON and back, by reflection over their descriptors:
 * a field that is added to the schema needs no code here.
 *
 * Names are those of the schema. As in protobuf's own JSON mapping, a field
 * with its default value is left out and bytes are base64 (written only);
 * unlike there, 64-bit integers are numbers.
 */
#ifndef DISPATCHER_MESSAGE_JSON_H
#define DISPATCHER_MESSAGE_JSON_H

#include "status.h"

#include <jansson.h>
#include <protobuf-c/protobuf-c.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct arena;

/* For whom JSON is written. */
enum message_json_style {
    MESSAGE_JSON_EXACT,  /* ROLE_LEAD; times are UTC milliseconds */
    MESSAGE_JSON_PEOPLE, /* LEAD; times, of fields that end in _at, are RFC
                            3339: "2018-10-22T03:42:00.000Z" */
};

/* The message as a new JSON object. An enum's number that the schema does not
 * name stays a number; texts that are not UTF-8 have their bytes outside
 * ASCII replaced by '?'. */
json_t *message_json_write(const ProtobufCMessage *msg,
                           enum message_json_style style);

/* A text as a new JSON string, also one that is not UTF-8 (see above). */
json_t *message_json_text(const char *text);

/* UTC milliseconds in a style, as a new JSON value. */
json_t *message_json_time(int64_t at_ms, enum message_json_style style);

/* What is wrong with an input, and where. */
struct message_json_error {
    char path[256];    /* "created.matters[1].categry"; "": the whole */
    char message[256]; /* "unknown name; did you mean category?" */
};

/* Builds a message from a JSON object. Everything it points to lies in `a`.
 * A text is accepted wherever the field can be read from it: numbers and
 * booleans; RFC 3339 times where an int64 ends in _at; enum names in any case,
 * with or without prefix. null leaves a field out. On failure false, *out is
 * untouched and *error says why. */
MUST_CHECK bool message_json_read(struct arena *a, const json_t *json,
                                  const ProtobufCMessageDescriptor *type,
                                  ProtobufCMessage **out,
                                  struct message_json_error *error);

/* `size` bytes as a new JSON string in base64 (RFC 4648). */
json_t *message_json_base64(const void *bytes, size_t size);

/* The name of an enum's value without the enum's prefix: "LEAD". `name` is a
 * value's full name. */
const char *message_json_short_name(const ProtobufCEnumDescriptor *type,
                                    const char *name);

#endif
