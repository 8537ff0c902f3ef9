/*
 * The events of a first dispatch, packed.
 *
 *   lead: ASSIGNED [copy for its own topic] SCHEDULED SCHEDULED
 *   each co-handler: the same
 *
 * The ticket is the largest part of every ASSIGNED and the same in all of
 * them, so it is packed once and copied into each.
 */
#include "output.h"

#include "arena.h"
#include "calendar.h"

#include <assert.h>
#include <string.h>

/* protobuf-c marks field 17 as a field it does not know; packed it is the
 * field all the same. */
enum { ASSIGNMENT_TICKET_FIELD = 17 };

enum { FIRST_CAPACITY = 16, MAX_VARINT = 10 };

/* What is the same for all events of one input. */
struct batch {
    struct outputs *out;
    const Dispatch__V1__TicketEvent *event;
    const struct dispatch_plan *plan;
    const char *catalogue_version;
    uint32_t seq;
    struct reject *r;
    char **co_ids;
    /* The ticket for everyone, and for the department's own topic. */
    ProtobufCMessageUnknownField ticket;
    ProtobufCMessageUnknownField own_ticket;
};

static const Dispatch__V1__Clock clock_numbers[CLOCKS] = {
    [CLOCK_FIRST_RESPONSE] = DISPATCH__V1__CLOCK__CLOCK_FIRST_RESPONSE,
    [CLOCK_RESOLUTION] = DISPATCH__V1__CLOCK__CLOCK_RESOLUTION,
};

void outputs_init(struct outputs *out, struct arena *a, size_t max_size)
{
    *out = (struct outputs){.arena = a, .max_size = max_size};
}

static enum reject_code no_memory(struct reject *r)
{
    return reject_set(r, REJECT_OUTPUT_TOO_LARGE,
                      "The events of this record need too much memory.");
}

/* protobuf-c has `char *` for texts, also for those it only reads. */
static char *text(const char *borrowed)
{
    return (char *)(uintptr_t)borrowed;
}

static struct output *add_output(struct outputs *out)
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

/* "<ticket_id>/<n>" for the next n. */
static char *next_event_id(struct batch *b)
{
    const char *ticket_id = b->event->ticket_id;
    size_t size = strlen(ticket_id);
    char digits[10]; /* of a uint32_t */
    size_t n = 0;

    for (uint32_t left = ++b->seq; left || n == 0; left /= 10)
        digits[n++] = (char)('0' + left % 10);
    char *id = arena_alloc(b->out->arena, size + 1 + n + 1);
    if (!id)
        return NULL;
    memcpy(id, ticket_id, size);
    id[size] = '/';
    for (size_t i = 0; i < n; i++)
        id[size + 1 + i] = digits[n - 1 - i];
    id[size + 1 + n] = '\0';
    return id;
}

/* Packs `msg` as the value of *o. */
static enum reject_code pack_value(struct batch *b, const ProtobufCMessage *msg,
                                   struct output *o)
{
    size_t size = protobuf_c_message_get_packed_size(msg);

    if (size > b->out->max_size)
        return reject_set(b->r, REJECT_OUTPUT_TOO_LARGE,
                          "An %s would have %zu bytes, %zu are allowed.",
                          msg->descriptor->short_name, size, b->out->max_size);
    uint8_t *bytes = arena_alloc(b->out->arena, size);
    if (!bytes)
        return no_memory(b->r);
    o->value_size = protobuf_c_message_pack(msg, bytes);
    o->value = bytes;
    return REJECT_NONE;
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
static enum reject_code pack_ticket(struct batch *b,
                                    const Dispatch__V1__TicketCreated *ticket,
                                    ProtobufCMessageUnknownField *field)
{
    size_t size = dispatch__v1__ticket_created__get_packed_size(ticket);
    uint8_t *bytes = arena_alloc(b->out->arena, MAX_VARINT + size);

    if (!bytes)
        return no_memory(b->r);
    uint8_t *p = put_varint(bytes, size);
    p += dispatch__v1__ticket_created__pack(ticket, p);
    *field = (ProtobufCMessageUnknownField){
        .tag = ASSIGNMENT_TICKET_FIELD,
        .wire_type = PROTOBUF_C_WIRE_TYPE_LENGTH_PREFIXED,
        .len = (size_t)(p - bytes),
        .data = bytes,
    };
    return REJECT_NONE;
}

static enum reject_code pack_tickets(struct batch *b)
{
    const Dispatch__V1__TicketCreated *ticket = b->event->created;
    enum reject_code code = pack_ticket(b, ticket, &b->own_ticket);

    b->ticket = b->own_ticket;
    if (code != REJECT_NONE || !ticket->confidential)
        return code;
    Dispatch__V1__TicketCreated redacted = *ticket;
    redacted.contact = NULL;
    return pack_ticket(b, &redacted, &b->ticket);
}

/* The departments that co-operate with the lead, for every event. */
static enum reject_code list_co_handlers(struct batch *b)
{
    size_t n = b->plan->n_parts - 1;

    b->co_ids = arena_alloc(b->out->arena, n * sizeof(*b->co_ids));
    if (!b->co_ids)
        return no_memory(b->r);
    for (size_t i = 0; i < n; i++)
        b->co_ids[i] = text(b->plan->parts[1 + i].department->id);
    return REJECT_NONE;
}

static size_t list_matters(uint16_t matters, uint32_t indexes[16])
{
    size_t n = 0;

    for (uint32_t i = 0; i < 16; i++) {
        if (matters & (1u << i))
            indexes[n++] = i;
    }
    return n;
}

static int64_t due_at(const struct clock_plan *clock)
{
    return clock->exists ? clock->due_at : 0;
}

/* What is the same for all kinds of outputs. */
static struct output *begin_output(struct batch *b, enum output_topic topic,
                                   const struct dispatch_part *part,
                                   const char *event_id)
{
    struct output *o = add_output(b->out);

    if (!o)
        return NULL;
    *o = (struct output){
        .topic = topic,
        .key = b->event->ticket_id,
        .key_size = strlen(b->event->ticket_id),
        .event_id = event_id,
        .department_id = part->department->id,
        .occurred_at = b->event->occurred_at,
    };
    return o;
}

/* Packs ASSIGNED with one form of the ticket into `topic`. */
static enum reject_code put_assigned(struct batch *b, enum output_topic topic,
                                     const struct dispatch_part *part,
                                     Dispatch__V1__AssignmentEvent *msg,
                                     ProtobufCMessageUnknownField *ticket)
{
    struct output *o = begin_output(b, topic, part, msg->event_id);

    if (!o)
        return no_memory(b->r);
    o->type = "dispatch.v1.AssignmentEvent.ASSIGNED";
    o->kind = msg->kind;
    if (topic == OUTPUT_DEPARTMENT)
        o->department_topic = part->department->topic;
    msg->base.n_unknown_fields = 1;
    msg->base.unknown_fields = ticket;
    return pack_value(b, &msg->base, o);
}

static enum reject_code add_assigned(struct batch *b,
                                     const struct dispatch_part *part)
{
    const struct department *department = part->department;
    Dispatch__V1__AssignmentEvent msg = DISPATCH__V1__ASSIGNMENT_EVENT__INIT;
    uint32_t indexes[16];

    msg.event_id = next_event_id(b);
    if (!msg.event_id)
        return no_memory(b->r);
    msg.ticket_id = b->event->ticket_id;
    msg.occurred_at = b->event->occurred_at;
    msg.kind = DISPATCH__V1__ASSIGNMENT_KIND__ASSIGNMENT_KIND_ASSIGNED;
    msg.department_id = text(department->id);
    msg.department_name = text(department->name);
    msg.role = part->role;
    msg.n_matter_indexes = list_matters(part->matters, indexes);
    msg.matter_indexes = indexes;
    msg.n_co_department_ids = b->plan->n_parts - 1;
    msg.co_department_ids = b->co_ids;
    msg.lead_official = text(part->lead_official);
    msg.fallback = part->fallback;
    msg.rule = text(part->rule);
    msg.catalogue_version = text(b->catalogue_version);
    msg.attempt = 1;
    msg.caused_by = b->event->event_id;
    msg.first_response_due_at = due_at(&part->clocks[CLOCK_FIRST_RESPONSE]);
    msg.resolution_due_at = due_at(&part->clocks[CLOCK_RESOLUTION]);

    enum reject_code code =
        put_assigned(b, OUTPUT_ASSIGNMENTS, part, &msg, &b->ticket);
    if (code != REJECT_NONE || !department->topic[0])
        return code;
    return put_assigned(b, OUTPUT_DEPARTMENT, part, &msg, &b->own_ticket);
}

static enum reject_code add_scheduled(struct batch *b,
                                      const struct dispatch_part *part,
                                      enum clock_kind kind)
{
    const struct clock_plan *clock = &part->clocks[kind];
    Dispatch__V1__DeadlineEvent msg = DISPATCH__V1__DEADLINE_EVENT__INIT;

    msg.event_id = next_event_id(b);
    if (!msg.event_id)
        return no_memory(b->r);
    struct output *o = begin_output(b, OUTPUT_DEADLINES, part, msg.event_id);
    if (!o)
        return no_memory(b->r);
    msg.ticket_id = b->event->ticket_id;
    msg.occurred_at = b->event->occurred_at;
    msg.kind = DISPATCH__V1__DEADLINE_KIND__DEADLINE_KIND_SCHEDULED;
    msg.clock = clock_numbers[kind];
    msg.department_id = text(part->department->id);
    msg.policy_id = text(clock->policy->id);
    msg.calendar_id = text(calendar_id(clock->calendar));
    msg.due_at = clock->due_at;
    msg.warn_at = clock->warn_at;
    msg.started_at = clock->started_at;
    msg.catalogue_version = text(b->catalogue_version);
    msg.caused_by = b->event->event_id;
    msg.provisional = clock->provisional;
    o->type = "dispatch.v1.DeadlineEvent.SCHEDULED";
    o->kind = msg.kind;
    return pack_value(b, &msg.base, o);
}

static enum reject_code add_part(struct batch *b,
                                 const struct dispatch_part *part)
{
    enum reject_code code = add_assigned(b, part);

    for (enum clock_kind kind = 0; kind < CLOCKS; kind++) {
        if (code == REJECT_NONE && part->clocks[kind].exists)
            code = add_scheduled(b, part, kind);
    }
    return code;
}

static enum reject_code add_parts(struct batch *b)
{
    enum reject_code code = list_co_handlers(b);

    if (code == REJECT_NONE)
        code = pack_tickets(b);
    for (size_t i = 0; i < b->plan->n_parts && code == REJECT_NONE; i++)
        code = add_part(b, &b->plan->parts[i]);
    return code;
}

enum reject_code outputs_add_dispatch(struct outputs *out,
                                      const Dispatch__V1__TicketEvent *event,
                                      const struct dispatch_plan *plan,
                                      const char *catalogue_version,
                                      uint32_t *seq, struct reject *r)
{
    struct batch b = {
        .out = out,
        .event = event,
        .plan = plan,
        .catalogue_version = catalogue_version,
        .seq = *seq,
        .r = r,
    };
    size_t n = out->n;

    assert(event->kind_case == DISPATCH__V1__TICKET_EVENT__KIND_CREATED);
    assert(plan->n_parts > 0);
    enum reject_code code = add_parts(&b);
    if (code != REJECT_NONE) {
        out->n = n;
        return code;
    }
    *seq = b.seq;
    return REJECT_NONE;
}
