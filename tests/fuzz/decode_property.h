/*
 * What must hold of decode_ticket_event for any bytes at all. Shared by the
 * fuzzer and the unit test with random mutations.
 */
#ifndef DISPATCHER_DECODE_PROPERTY_H
#define DISPATCHER_DECODE_PROPERTY_H

#include "arena.h"
#include "decode.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

/* The arena is as large as decode.h asks for. */
enum {
    PROPERTY_MAX_SIZE = 16 * 1024,
    PROPERTY_ARENA_CAP = 2 * PROPERTY_MAX_SIZE + (1 << 20),
};

/* Not assert(): the properties also hold where NDEBUG is set. */
static inline void property_require(bool holds)
{
    if (!holds)
        abort();
}

/* Packing what was decoded and decoding that gives the same event again. */
static inline void property_round_trip(struct decode_input in,
                                       const Dispatch__V1__TicketEvent *event)
{
    size_t size = dispatch__v1__ticket_event__get_packed_size(event);
    uint8_t *first = malloc(size);
    uint8_t *second = malloc(size);
    struct arena *a = arena_new(PROPERTY_ARENA_CAP);
    Dispatch__V1__TicketEvent *again = NULL;

    /* Overlong varints shrink, short negative enum numbers grow. */
    in.value = first;
    in.value_size = dispatch__v1__ticket_event__pack(event, first);
    in.max_size = size;
    property_require(in.value_size == size);
    property_require(decode_ticket_event(a, &in, &again, NULL) == REJECT_NONE);
    property_require(dispatch__v1__ticket_event__get_packed_size(again) ==
                     size);
    dispatch__v1__ticket_event__pack(again, second);
    property_require(memcmp(first, second, size) == 0);
    arena_free(&a);
    free(first);
    free(second);
}

/* Decodes a copy of exactly `size` bytes under the key `key` and checks what
 * comes out. Returns the code. */
static inline enum reject_code property_decode(struct arena *a,
                                               const uint8_t *bytes,
                                               size_t size, const char *key)
{
    uint8_t *copy = malloc(size ? size : 1);
    struct decode_input in = {
        .key = key,
        .key_size = strlen(key),
        .value = copy,
        .value_size = size,
        .max_size = PROPERTY_MAX_SIZE,
    };
    struct reject r = {.code = REJECT_NONE};
    Dispatch__V1__TicketEvent *event = NULL;

    if (size)
        memcpy(copy, bytes, size);
    arena_reset(a);
    enum reject_code code = decode_ticket_event(a, &in, &event, &r);
    free(copy);
    property_require(code == r.code && code < REJECT_COUNT);
    property_require((code == REJECT_NONE) == (event != NULL));
    property_require((code == REJECT_NONE) == (r.why[0] == '\0'));
    if (!event)
        return code;
    property_require(event->event_id[0] && strcmp(event->ticket_id, key) == 0);
    property_round_trip(in, event);
    return code;
}

#endif
