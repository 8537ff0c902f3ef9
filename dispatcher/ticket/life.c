/*
 * The frame of one step in a ticket's life: memory, time, failure.
 */
#include "life.h"

#include "arena.h"
#include "dispatch.h"

#include <assert.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static void fail_without_memory(struct life *l)
{
    life_fail(l, REJECT_OUTPUT_TOO_LARGE,
              "The ticket's state needs too much memory.");
}

static Dispatch__V1__TicketState *new_state(struct life *l)
{
    Dispatch__V1__TicketState *state = life_alloc(l, sizeof(*state));

    if (!state)
        return NULL;
    dispatch__v1__ticket_state__init(state);
    state->format_version = TICKET_FORMAT_VERSION;
    return state;
}

void life_begin(struct life *l, const struct ticket_context *ctx,
                Dispatch__V1__TicketState *state, struct outputs *out)
{
    *l = (struct life){
        .ctx = ctx,
        .arena = out->arena,
        .actor = "",
        .out = {.out = out, .ticket_id = ctx->ticket_id, .caused_by = ""},
    };
    if (!state) {
        l->state = new_state(l);
        return;
    }
    l->state = ctx->in_place ? state : message_copy(l->arena, &state->base);
    if (!l->state) {
        fail_without_memory(l);
        return;
    }
    l->out.sequence = state->sequence;
    l->out.catalogue_version = state->catalogue_version;
}

void life_at(struct life *l, int64_t at, const char *caused_by)
{
    l->at = at;
    l->out.occurred_at = at;
    l->out.caused_by = caused_by;
}

void *life_alloc(struct life *l, size_t size)
{
    void *p = arena_alloc(l->arena, size);

    if (!p) {
        fail_without_memory(l);
        return NULL;
    }
    return memset(p, 0, size);
}

void *life_grow(struct life *l, const void *items, size_t n, size_t item_size)
{
    void *grown = life_alloc(l, (n + 1) * item_size);

    if (grown && n > 0)
        memcpy(grown, items, n * item_size);
    return grown;
}

/* Without printf: a new ticket's policies are many short texts. */
char *life_text(struct life *l, const char *first, const char *second)
{
    static char none[] = "";
    const char *between = second[0] ? ": " : "";
    size_t sizes[] = {strlen(first), strlen(between), strlen(second) + 1};
    char *text = arena_alloc(l->arena, sizes[0] + sizes[1] + sizes[2]);

    if (!text) {
        fail_without_memory(l);
        return none;
    }
    memcpy(text, first, sizes[0]);
    memcpy(text + sizes[0], between, sizes[1]);
    memcpy(text + sizes[0] + sizes[1], second, sizes[2]);
    return text;
}

void life_fail(struct life *l, enum reject_code code, const char *format, ...)
{
    char why[REJECT_WHY_SIZE];
    va_list args;

    if (life_failed(l))
        return;
    va_start(args, format);
    vsnprintf(why, sizeof(why), format, args);
    va_end(args);
    l->out.code = reject_set(l->out.r, code, "%s", why);
}

bool life_failed(const struct life *l)
{
    return l->out.code != REJECT_NONE;
}

/* How many bytes an item of a repeated field has. */
static size_t item_size(ProtobufCType type)
{
    switch (type) {
    case PROTOBUF_C_TYPE_STRING:
    case PROTOBUF_C_TYPE_MESSAGE:
        return sizeof(void *);
    case PROTOBUF_C_TYPE_INT64:
    case PROTOBUF_C_TYPE_UINT64:
    case PROTOBUF_C_TYPE_SINT64:
    case PROTOBUF_C_TYPE_FIXED64:
    case PROTOBUF_C_TYPE_SFIXED64:
    case PROTOBUF_C_TYPE_DOUBLE:
        return sizeof(uint64_t);
    default:
        assert(type != PROTOBUF_C_TYPE_BYTES);
        return sizeof(uint32_t);
    }
}

static void *copy_bytes(struct arena *a, const void *bytes, size_t size)
{
    void *copy = arena_alloc(a, size);

    return copy ? memcpy(copy, bytes, size) : NULL;
}

/* Copies what a field of the fresh copy `msg` still shares; false when the
 * arena is full. The fields are reached by their offsets, as protobuf-c
 * itself does. */
static bool copy_field(struct arena *a, const ProtobufCFieldDescriptor *field,
                       char *msg)
{
    bool is_message = field->type == PROTOBUF_C_TYPE_MESSAGE;
    void **place = (void **)(void *)(msg + field->offset);

    if (field->label != PROTOBUF_C_LABEL_REPEATED) {
        if (!is_message || !*place)
            return true;
        *place = message_copy(a, *place);
        return *place != NULL;
    }
    size_t n;
    memcpy(&n, msg + field->quantifier_offset, sizeof(n));
    if (n == 0)
        return true;
    *place = copy_bytes(a, *place, n * item_size(field->type));
    void **items = *place;
    for (size_t i = 0; items && is_message && i < n; i++) {
        items[i] = message_copy(a, items[i]);
        if (!items[i])
            return false;
    }
    return items != NULL;
}

void *message_copy(struct arena *a, const ProtobufCMessage *msg)
{
    const ProtobufCMessageDescriptor *descriptor = msg->descriptor;
    void *copy = copy_bytes(a, msg, descriptor->sizeof_message);

    for (unsigned i = 0; copy && i < descriptor->n_fields; i++) {
        if (!copy_field(a, &descriptor->fields[i], copy))
            return NULL;
    }
    return copy;
}

void life_decided(struct life *l)
{
    const char *version = catalogue_version(l->ctx->catalogue);
    char *copy = arena_copy(l->arena, version, strlen(version));

    if (!copy) {
        fail_without_memory(l);
        return;
    }
    l->state->catalogue_version = copy;
    l->out.catalogue_version = copy;
}

void life_content_changed(struct life *l)
{
    l->packed = false;
}

const struct department *life_department(const struct life *l, const char *id)
{
    return l->ctx->catalogue ? catalogue_department(l->ctx->catalogue, id)
                             : NULL;
}

enum urgency life_urgency(const struct life *l)
{
    return l->limits ? *l->limits : dispatch_urgency(l->state->ticket->urgency);
}
