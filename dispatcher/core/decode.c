/*
 * A record's bytes, step by step, each of which can refuse:
 *
 *   size -> Confluent prefix -> wire_check -> protobuf-c into the arena
 *        -> ids and key -> kind -> values of fields
 */
#include "decode.h"

#include "arena.h"
#include "confluent.h"
#include "ticket_fields.h"
#include "wire.h"

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

static const struct wire_list_limit list_limits[] = {
    {&dispatch__v1__matter__descriptor, DECODE_MAX_MATTERS},
    {&dispatch__v1__attribute__descriptor, DECODE_MAX_ATTRIBUTES},
    {NULL, 0},
};

static const struct wire_limits limits = {
    .lists = list_limits,
    .max_list = DECODE_MAX_LIST,
    .max_unknown = DECODE_MAX_UNKNOWN,
};

/* protobuf-c's allocator over an arena; remembers why it stopped. */
struct unpack {
    struct arena *arena;
    bool full;
};

static void *unpack_alloc(void *data, size_t size)
{
    struct unpack *u = data;
    void *p = arena_alloc(u->arena, size);

    if (!p)
        u->full = true;
    return p;
}

static void unpack_free(void *data, void *p)
{
    /* The arena takes back all at once. */
    (void)data;
    (void)p;
}

static enum reject_code check_size(const struct decode_input *in,
                                   struct reject *r)
{
    if (!in->value)
        return reject_set(r, REJECT_TOMBSTONE, "The record has no value.");
    if (in->value_size == 0)
        return reject_set(r, REJECT_EMPTY, "The value has no bytes.");
    if (in->value_size > in->max_size)
        return reject_set(r, REJECT_TOO_LARGE,
                          "The value has %zu bytes, input.max.bytes is %zu.",
                          in->value_size, in->max_size);
    return REJECT_NONE;
}

static enum reject_code unpack_event(struct arena *a, const uint8_t *bytes,
                                     size_t size,
                                     Dispatch__V1__TicketEvent **event,
                                     struct reject *r)
{
    struct unpack u = {.arena = a};
    ProtobufCAllocator allocator = {unpack_alloc, unpack_free, &u};
    enum reject_code code = wire_check(&dispatch__v1__ticket_event__descriptor,
                                       bytes, size, &limits, r);

    if (code != REJECT_NONE)
        return code;
    *event = dispatch__v1__ticket_event__unpack(&allocator, size, bytes);
    if (*event)
        return REJECT_NONE;
    if (u.full)
        return reject_set(r, REJECT_TOO_MANY,
                          "The message needs too much memory.");
    return reject_set(r, REJECT_MALFORMED, "The value is no TicketEvent.");
}

static enum reject_code check_own_id(const char *name, const char *id,
                                     struct reject *r)
{
    size_t size = strlen(id);

    if (size == 0)
        return reject_set(r, REJECT_MISSING_ID, "%s is empty.", name);
    if (size > DECODE_MAX_ID)
        return reject_set(r, REJECT_INVALID_FIELD,
                          "%s has %zu bytes, %d are allowed.", name, size,
                          DECODE_MAX_ID);
    return REJECT_NONE;
}

static enum reject_code check_key(const struct decode_input *in,
                                  const char *ticket_id, struct reject *r)
{
    size_t size = strlen(ticket_id);

    if (!in->key)
        return reject_set(r, REJECT_KEY_MISMATCH,
                          "The record has no key; it must be ticket_id.");
    if (in->key_size != size || memcmp(in->key, ticket_id, size) != 0)
        return reject_set(r, REJECT_KEY_MISMATCH,
                          "The key (%zu bytes) is not ticket_id (%zu bytes).",
                          in->key_size, size);
    return REJECT_NONE;
}

/* An event without any kind that we know. Fields that we do not know either
 * are a sign that the publisher has a newer schema. */
static enum reject_code check_kind(const Dispatch__V1__TicketEvent *event,
                                   struct reject *r)
{
    if (event->kind_case != DISPATCH__V1__TICKET_EVENT__KIND__NOT_SET)
        return REJECT_NONE;
    if (event->base.n_unknown_fields > 0)
        return reject_set(r, REJECT_NOT_SUPPORTED,
                          "No known kind is set, but field %u is unknown.",
                          event->base.unknown_fields[0].tag);
    return reject_set(r, REJECT_INVALID_FIELD,
                      "The event has no kind: none of created, acknowledged "
                      "and so on is set.");
}

static enum reject_code check_event(const struct decode_input *in,
                                    const Dispatch__V1__TicketEvent *event,
                                    struct reject *r)
{
    enum reject_code code = check_own_id("event_id", event->event_id, r);

    if (code == REJECT_NONE)
        code = check_own_id("ticket_id", event->ticket_id, r);
    if (code == REJECT_NONE)
        code = check_key(in, event->ticket_id, r);
    if (code == REJECT_NONE)
        code = check_kind(event, r);
    if (code == REJECT_NONE)
        code = ticket_fields_check(event, r);
    return code;
}

enum reject_code decode_ticket_event(struct arena *a,
                                     const struct decode_input *in,
                                     Dispatch__V1__TicketEvent **event,
                                     struct reject *r)
{
    const uint8_t *bytes = in->value;
    Dispatch__V1__TicketEvent *decoded;
    size_t prefix_size;
    enum reject_code code = check_size(in, r);

    if (code == REJECT_NONE)
        code = confluent_prefix(bytes, in->value_size, DECODE_MESSAGE_INDEX,
                                &prefix_size, r);
    if (code != REJECT_NONE)
        return code;
    code = unpack_event(a, bytes + prefix_size, in->value_size - prefix_size,
                        &decoded, r);
    if (code == REJECT_NONE)
        code = check_event(in, decoded, r);
    if (code != REJECT_NONE)
        return code;
    *event = decoded;
    return REJECT_NONE;
}
