/*
 * One builder for all events: it gives each its id, puts the ticket in, packs
 * it and says where it goes.
 *
 * The ticket is the largest part of most AssignmentEvents and the same in all
 * of one batch, so it is packed once and copied into each.
 */
#include "output.h"

#include "arena.h"

#include <assert.h>
#include <string.h>

/* protobuf-c marks field 17 as a field it does not know; packed it is the
 * field all the same. */
enum { ASSIGNMENT_TICKET_FIELD = 17 };

enum { FIRST_CAPACITY = 16, MAX_VARINT = 10 };

/* By kind: the CloudEvents type, and whether the ticket is part of it. */
struct kind_form {
    const char *type;
    bool has_ticket;
};

#define FORM(KIND, has_ticket)                                                 \
    [DISPATCH__V1__ASSIGNMENT_KIND__ASSIGNMENT_KIND_##                         \
        KIND] = {"dispatch.v1.AssignmentEvent." #KIND, has_ticket}
static const struct kind_form assignment_forms[] = {
    FORM(ASSIGNED, true),   FORM(REASSIGNED, true), FORM(FORWARDED, true),
    FORM(WITHDRAWN, false), FORM(DISPUTED, true),   FORM(UPDATED, true),
    FORM(URGED, true),      FORM(REFUSED, false),   FORM(REOPENED, true),
    FORM(CLOSED, true),
};
#undef FORM

#define TYPE(KIND)                                                             \
    [DISPATCH__V1__DEADLINE_KIND__DEADLINE_KIND_##KIND] =                      \
        "dispatch.v1.DeadlineEvent." #KIND
static const char *const deadline_types[] = {
    TYPE(SCHEDULED), TYPE(RESCHEDULED), TYPE(WARNING),
    TYPE(BREACHED),  TYPE(ESCALATED),   TYPE(MET),
    TYPE(PAUSED),    TYPE(RESUMED),     TYPE(CANCELLED),
};
#undef TYPE

static const Dispatch__V1__Clock clock_numbers[CLOCKS] = {
    [CLOCK_FIRST_RESPONSE] = DISPATCH__V1__CLOCK__CLOCK_FIRST_RESPONSE,
    [CLOCK_RESOLUTION] = DISPATCH__V1__CLOCK__CLOCK_RESOLUTION,
};

Dispatch__V1__Clock output_clock(enum clock_kind kind)
{
    return clock_numbers[kind];
}

char *output_text(const char *borrowed)
{
    return (char *)(uintptr_t)borrowed;
}

void outputs_init(struct outputs *out, struct arena *a, size_t max_size)
{
    *out = (struct outputs){.arena = a, .max_size = max_size};
}

static void fail_without_memory(struct output_batch *b)
{
    b->code = reject_set(b->r, REJECT_OUTPUT_TOO_LARGE,
                         "The events of this record need too much memory.");
}

static struct output *add_item(struct outputs *out)
{
    if (out->n == out->capacity) {
        size_t capacity = out->n ? 2 * out->n : FIRST_CAPACITY;
        struct output *items =
            arena_alloc(out->arena, capacity * sizeof(*items));

        if (!items)
            return NULL;
        if (out->n)
            memcpy(items, out->items, out->n * sizeof(*items));
        out->items = items;
        out->capacity = capacity;
    }
    return &out->items[out->n++];
}

/* "<ticket_id>/<n>" for the next n; NULL and failed without memory. */
static char *next_event_id(struct output_batch *b)
{
    size_t size = strlen(b->ticket_id);
    char digits[10]; /* of a uint32_t */
    size_t n = 0;

    for (uint32_t left = ++b->sequence; left || n == 0; left /= 10)
        digits[n++] = (char)('0' + left % 10);
    char *id = arena_alloc(b->out->arena, size + 1 + n + 1);
    if (!id) {
        fail_without_memory(b);
        return NULL;
    }
    memcpy(id, b->ticket_id, size);
    id[size] = '/';
    for (size_t i = 0; i < n; i++)
        id[size + 1 + i] = digits[n - 1 - i];
    id[size + 1 + n] = '\0';
    return id;
}

static uint8_t *put_varint(uint8_t *p, size_t value)
{
    while (value >= 0x80) {
        *p++ = (uint8_t)(value | 0x80);
        value >>= 7;
    }
    *p++ = (uint8_t)value;
    return p;
}

/* The ticket as a ready field: length and bytes. */
static void pack_ticket(struct output_batch *b,
                        const Dispatch__V1__TicketCreated *ticket,
                        ProtobufCMessageUnknownField *field)
{
    size_t size = dispatch__v1__ticket_created__get_packed_size(ticket);
    uint8_t *bytes = arena_alloc(b->out->arena, MAX_VARINT + size);

    if (!bytes) {
        fail_without_memory(b);
        return;
    }
    uint8_t *p = put_varint(bytes, size);
    p += dispatch__v1__ticket_created__pack(ticket, p);
    *field = (ProtobufCMessageUnknownField){
        .tag = ASSIGNMENT_TICKET_FIELD,
        .wire_type = PROTOBUF_C_WIRE_TYPE_LENGTH_PREFIXED,
        .len = (size_t)(p - bytes),
        .data = bytes,
    };
}

void output_batch_set_ticket(struct output_batch *b,
                             const Dispatch__V1__TicketCreated *ticket)
{
    if (b->code != REJECT_NONE)
        return;
    pack_ticket(b, ticket, &b->own_ticket);
    b->ticket = b->own_ticket;
    if (b->code != REJECT_NONE || !ticket->confidential)
        return;
    Dispatch__V1__TicketCreated redacted = *ticket;
    redacted.contact = NULL;
    pack_ticket(b, &redacted, &b->ticket);
}

/* Packs `msg` as the value of *o. */
static void pack_value(struct output_batch *b, const ProtobufCMessage *msg,
                       struct output *o)
{
    size_t size = protobuf_c_message_get_packed_size(msg);

    if (size > b->out->max_size) {
        b->code =
            reject_set(b->r, REJECT_OUTPUT_TOO_LARGE,
                       "An %s would have %zu bytes, %zu are allowed.",
                       msg->descriptor->short_name, size, b->out->max_size);
        return;
    }
    uint8_t *bytes = arena_alloc(b->out->arena, size);
    if (!bytes) {
        fail_without_memory(b);
        return;
    }
    o->value_size = protobuf_c_message_pack(msg, bytes);
    o->value = bytes;
}

/* Packs `msg` into a new output; *form says the rest about it. */
static void add_output(struct output_batch *b, const ProtobufCMessage *msg,
                       const struct output *form)
{
    if (b->code != REJECT_NONE)
        return;
    struct output *o = add_item(b->out);
    if (!o) {
        fail_without_memory(b);
        return;
    }
    *o = *form;
    o->key = b->ticket_id;
    o->key_size = strlen(b->ticket_id);
    o->occurred_at = b->occurred_at;
    pack_value(b, msg, o);
}

static void put_ticket(Dispatch__V1__AssignmentEvent *msg,
                       ProtobufCMessageUnknownField *ticket)
{
    msg->base.n_unknown_fields = 1;
    msg->base.unknown_fields = ticket;
}

void output_assignment(struct output_batch *b,
                       Dispatch__V1__AssignmentEvent *msg, const char *topic)
{
    const struct kind_form *form = &assignment_forms[msg->kind];

    if (b->code != REJECT_NONE)
        return;
    assert(form->type);
    assert(!form->has_ticket || b->ticket.data);
    msg->event_id = next_event_id(b);
    msg->ticket_id = output_text(b->ticket_id);
    msg->occurred_at = b->occurred_at;
    msg->caused_by = output_text(b->caused_by);
    msg->catalogue_version = output_text(b->catalogue_version);
    struct output o = {
        .topic = OUTPUT_ASSIGNMENTS,
        .event_id = msg->event_id,
        .type = form->type,
        .department_id = msg->department_id,
        .kind = msg->kind,
    };
    if (form->has_ticket)
        put_ticket(msg, &b->ticket);
    add_output(b, &msg->base, &o);
    if (!topic[0])
        return;
    o.topic = OUTPUT_DEPARTMENT;
    o.department_topic = topic;
    if (form->has_ticket)
        put_ticket(msg, &b->own_ticket);
    add_output(b, &msg->base, &o);
}

void output_deadline(struct output_batch *b, Dispatch__V1__DeadlineEvent *msg)
{
    if (b->code != REJECT_NONE)
        return;
    msg->event_id = next_event_id(b);
    msg->ticket_id = output_text(b->ticket_id);
    msg->occurred_at = b->occurred_at;
    msg->caused_by = output_text(b->caused_by);
    msg->catalogue_version = output_text(b->catalogue_version);
    const struct output o = {
        .topic = OUTPUT_DEADLINES,
        .event_id = msg->event_id,
        .type = deadline_types[msg->kind],
        .department_id = msg->department_id,
        .kind = msg->kind,
    };
    assert(o.type);
    add_output(b, &msg->base, &o);
}
