/*
 * A first walk over the bytes of a protobuf message, against protobuf-c's
 * descriptors, before anything is allocated for it.
 */
#ifndef DISPATCHER_WIRE_H
#define DISPATCHER_WIRE_H

#include "reject.h"

#include <protobuf-c/protobuf-c.h>
#include <stddef.h>

/* The bound of lists whose items are of one message type. */
struct wire_list_limit {
    const ProtobufCMessageDescriptor *item;
    size_t max;
};

struct wire_limits {
    const struct wire_list_limit *lists; /* ends with item NULL */
    size_t max_list;    /* any other list; repetitions of a single field */
    size_t max_unknown; /* unknown fields, all levels together */
};

/* Messages within messages, the outermost counts as one. */
enum { WIRE_MAX_DEPTH = 8 };

/* REJECT_NONE when protobuf_c_message_unpack can read the bytes in linear
 * time and with memory bounded by their number:
 * REJECT_MALFORMED for what is truncated, has field number 0, an unexpected
 * wire type or a group, or has a single sub-message or a oneof more than once
 * (protobuf-c merges those at quadratic cost). A single scalar or
 * text may be there again; the last one counts, as in every protobuf reader.
 * REJECT_BAD_TEXT for a string that is not UTF-8 or holds a NUL.
 * REJECT_TOO_MANY for lists and unknown fields beyond `limits`. */
enum reject_code wire_check(const ProtobufCMessageDescriptor *descriptor,
                            const void *bytes, size_t size,
                            const struct wire_limits *limits, struct reject *r);

#endif
