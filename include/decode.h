/*
 * From the bytes of a record on `tickets` to a checked TicketEvent.
 *
 * protobuf-c alone trusts its input too much (texts that are not UTF-8,
 * merges of quadratic cost, memory without a bound), so the bytes are walked
 * once against the descriptors before they are unpacked into an arena.
 */
#ifndef DISPATCHER_DECODE_H
#define DISPATCHER_DECODE_H

#include "reject.h"

#include <dispatch/v1/dispatch.pb-c.h>
#include <stddef.h>

struct arena;

/* The longest lists a message may hold (docs/messages.md; invariant 11). */
enum {
    DECODE_MAX_MATTERS = 16,
    DECODE_MAX_ATTRIBUTES = 64,
    DECODE_MAX_LIST = 64,     /* any other repeated field */
    DECODE_MAX_UNKNOWN = 256, /* fields that the schema does not have */
    DECODE_MAX_ID = 512,      /* bytes of an event, ticket or department id */
};

/* The index of TicketEvent among the messages of dispatch.proto, for
 * Confluent's prefix. A test compares it with the file. */
enum { DECODE_MESSAGE_INDEX = 0 };

/* One record as it came. Bytes are borrowed; value NULL is a tombstone. */
struct decode_input {
    const void *key;
    size_t key_size; /* key NULL: no key */
    const void *value;
    size_t value_size;
    size_t max_size; /* input.max.bytes */
};

/* Decodes and checks one record. On REJECT_NONE *event is set; it and all it
 * points to lie in `a` and live until the arena is reset. Otherwise *event is
 * untouched and *r (may be NULL) says why. Every text in *event is valid UTF-8
 * without NUL, every list within its bound, every path valid, a kind is set;
 * the ids are not empty and the key equals the ticket id. Accepts bare
 * protobuf or Confluent's prefix (00, schema id, message index).
 *
 * Messages grow when they are unpacked: an arena of twice max_size and
 * 1 MiB has room for all that the bounds above allow. */
enum reject_code decode_ticket_event(struct arena *a,
                                     const struct decode_input *in,
                                     Dispatch__V1__TicketEvent **event,
                                     struct reject *r);

#endif
