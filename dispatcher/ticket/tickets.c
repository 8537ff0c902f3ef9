/*
 * A partition's tickets: unpacked for one step, packed again behind it.
 */
#include "tickets.h"

#include "arena.h"
#include "decode.h"
#include "life.h"
#include "memory.h"
#include "state_check.h"
#include "state_peek.h"
#include "ticket_store.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

_Static_assert(TICKET_STATUSES <= (int)TICKET_GROUPS, "a group a status");

struct tickets {
    struct ticket_store *store; /* grouped by status */
    uint8_t *room;              /* to pack in, for the largest output */
    size_t room_size;
    struct held_id *held; /* tickets whose timers wait */
    size_t n_held;
};

struct held_id {
    char *bytes;
    size_t size;
};

struct tickets *tickets_new(void)
{
    struct tickets *t = memory_new(sizeof *t);

    t->store = ticket_store_new();
    return t;
}

static void forget_held(struct tickets *t)
{
    for (size_t i = 0; i < t->n_held; i++)
        free(t->held[i].bytes);
    free(t->held);
    t->held = NULL;
    t->n_held = 0;
}

void tickets_free(struct tickets **t)
{
    if (!*t)
        return;
    ticket_store_free(&(*t)->store);
    forget_held(*t);
    free((*t)->room);
    free(*t);
    *t = NULL;
}

/* ------------------------------------------------------- one ticket's bytes */

/* protobuf-c's allocator over an arena. */
static void *unpack_alloc(void *data, size_t size)
{
    return arena_alloc(data, size);
}

static void unpack_free(void *data, void *p)
{
    (void)data;
    (void)p;
}

/* NULL: no state of a ticket, or no memory. */
static Dispatch__V1__TicketState *unpack(struct arena *a,
                                         const struct ticket_entry *entry)
{
    ProtobufCAllocator allocator = {unpack_alloc, unpack_free, a};
    Dispatch__V1__TicketState *state = dispatch__v1__ticket_state__unpack(
        &allocator, entry->value_size, entry->value);

    return state && state_is_sound(state) ? state : NULL;
}

/* Never 0, which stands for never. */
static int64_t stored_due(int64_t due_at)
{
    if (due_at == INT64_MAX)
        return 0;
    return due_at > 0 ? due_at : 1;
}

static void set_next_due(Dispatch__V1__TicketState *state)
{
    state->next_due_at = stored_due(ticket_next_due(state));
}

/* The record's bytes. False when the arena is full. */
static bool pack(struct arena *a, Dispatch__V1__TicketState *state,
                 struct ticket_record *record)
{
    uint8_t *bytes;

    set_next_due(state);
    record->value_size = dispatch__v1__ticket_state__get_packed_size(state);
    bytes = arena_alloc(a, record->value_size);
    if (!bytes)
        return false;
    dispatch__v1__ticket_state__pack(state, bytes);
    record->value = bytes;
    return true;
}

/* As above, of a state that is known to be smaller than the largest output:
 * to ask for its size first would take longer than to pack it. */
static bool pack_small(struct tickets *t, const struct outputs *out,
                       Dispatch__V1__TicketState *state,
                       struct ticket_record *record)
{
    set_next_due(state);
    if (t->room_size < out->max_size) {
        t->room = memory_grow(t->room, out->max_size, 1);
        t->room_size = out->max_size;
    }
    record->value_size = dispatch__v1__ticket_state__pack(state, t->room);
    assert(record->value_size <= t->room_size);
    record->value = arena_copy(out->arena, t->room, record->value_size);
    return record->value != NULL;
}

/* ------------------------------------------------------------ the store */

/* Keeps what the record says, as a change of the open transaction. */
static void keep(struct tickets *t, const struct ticket_record *record,
                 const Dispatch__V1__TicketState *state)
{
    if (!state) {
        ticket_store_remove(t->store, record->key, record->key_size);
        return;
    }
    const struct ticket_entry entry = {
        .id = record->key,
        .id_size = record->key_size,
        .value = record->value,
        .value_size = record->value_size,
        .due_at = ticket_next_due(state),
        .group = (unsigned)state->status,
    };
    ticket_store_put(t->store, &entry);
}

/* Ids are texts of limited size wherever else they come from. */
static bool is_id(const struct ticket_record *record)
{
    return record->key && record->key_size > 0 &&
           record->key_size <= DECODE_MAX_ID &&
           !memchr(record->key, '\0', record->key_size);
}

void tickets_expect(const struct tickets *t, const struct ticket_record *record)
{
    ticket_store_expect(t->store, record->key, record->key_size);
}

enum status tickets_load(struct tickets *t, const struct ticket_record *record)
{
    struct state_peek peek;

    if (!is_id(record))
        return STATUS_REJECT;
    if (!record->value) {
        ticket_store_unload(t->store, record->key, record->key_size);
        return STATUS_OK;
    }
    if (!state_peek(record->value, record->value_size, &peek) ||
        peek.format_version == 0)
        return STATUS_REJECT;
    if (peek.format_version > TICKET_FORMAT_VERSION)
        return STATUS_FATAL;
    if (peek.status == TICKET_UNKNOWN || peek.status >= TICKET_STATUSES)
        return STATUS_REJECT;
    const struct ticket_entry entry = {
        .id = record->key,
        .id_size = record->key_size,
        .value = record->value,
        .value_size = record->value_size,
        .due_at = peek.next_due_at,
        .group = peek.status,
    };
    ticket_store_load(t->store, &entry);
    return STATUS_OK;
}

void tickets_commit(struct tickets *t)
{
    ticket_store_commit(t->store);
}

void tickets_abort(struct tickets *t)
{
    ticket_store_abort(t->store);
}

size_t tickets_count(const struct tickets *t, Dispatch__V1__TicketStatus status)
{
    if ((size_t)status == TICKET_UNKNOWN)
        return ticket_store_count(t->store);
    return ticket_store_count_group(t->store, (unsigned)status);
}

size_t tickets_memory(const struct tickets *t)
{
    return sizeof(*t) + ticket_store_memory(t->store);
}

/* ------------------------------------------------------------------- steps */

/* The id as a text that lives as long as the outputs; NULL: no memory. */
static char *id_text(struct arena *a, const struct ticket_entry *entry)
{
    return arena_copy(a, entry->id, entry->id_size);
}

/* Keeps the new state (NULL: forgotten) and makes the record of it. False:
 * no memory. */
static bool finish(struct tickets *t, const char *id,
                   Dispatch__V1__TicketState *state, struct arena *a,
                   struct ticket_step *step)
{
    struct ticket_record record = {.key = id, .key_size = strlen(id)};

    if (state && !pack(a, state, &record))
        return false;
    step->record = record;
    keep(t, &record, state);
    return true;
}

/* As above, after ticket_apply has checked the state's size. */
static bool finish_checked(struct tickets *t, const char *id,
                           Dispatch__V1__TicketState *state,
                           const struct outputs *out, struct ticket_step *step)
{
    struct ticket_record record = {.key = id, .key_size = strlen(id)};

    if (!pack_small(t, out, state, &record))
        return false;
    step->record = record;
    keep(t, &record, state);
    return true;
}

static enum reject_code fail_without_memory(struct reject *r)
{
    return reject_set(r, REJECT_OUTPUT_TOO_LARGE,
                      "The ticket's state needs too much memory.");
}

/* The ticket's state, NULL for an unknown ticket. False: it cannot be read. */
static bool get(const struct tickets *t, const char *id, struct arena *a,
                Dispatch__V1__TicketState **state)
{
    struct ticket_entry entry;

    *state = NULL;
    if (!ticket_store_get(t->store, id, strlen(id), &entry))
        return true;
    *state = unpack(a, &entry);
    return *state != NULL;
}

/* The event is refused, which is rare, and cost the state: once more, with a
 * fresh one, for the REFUSED that this may lead to. */
static bool refuse(struct tickets *t, const struct ticket_context *ctx,
                   const Dispatch__V1__TicketEvent *event, struct outputs *out,
                   struct ticket_step *step, struct reject *r)
{
    struct ticket_context careful = *ctx;
    Dispatch__V1__TicketState *state;
    bool repeat;

    careful.in_place = false;
    if (!get(t, event->ticket_id, out->arena, &state))
        return false;
    const Dispatch__V1__TicketState *before = state;
    step->code = ticket_apply(&careful, event, &state, out, &repeat, r);
    return state == before ||
           finish(t, event->ticket_id, state, out->arena, step);
}

enum status tickets_apply(struct tickets *t, const struct ticket_context *ctx,
                          const Dispatch__V1__TicketEvent *event,
                          struct outputs *out, struct ticket_step *step,
                          struct reject *r)
{
    struct ticket_context own = *ctx;
    Dispatch__V1__TicketState *state;
    size_t n = out->n;
    bool kept = true;

    *step = (struct ticket_step){0};
    own.ticket_id = event->ticket_id;
    own.in_place = true;
    if (!get(t, event->ticket_id, out->arena, &state))
        return STATUS_FATAL;
    step->code = ticket_apply(&own, event, &state, out, &step->repeat, r);
    if (step->code == REJECT_NONE && !step->repeat)
        kept = finish_checked(t, event->ticket_id, state, out, step);
    else if (step->code == REJECT_WRONG_STATE)
        kept = refuse(t, &own, event, out, step, r);
    if (!kept) {
        out->n = n;
        step->code = fail_without_memory(r);
    }
    return STATUS_OK;
}

int64_t tickets_next_due(const struct tickets *t)
{
    struct ticket_entry entry;

    return ticket_store_next_due(t->store, &entry) ? entry.due_at
                                                   : TICKET_NEVER;
}

static void put_off(struct tickets *t, const struct ticket_entry *entry)
{
    struct ticket_entry later = *entry;

    later.due_at += TICKETS_PUT_OFF_MS;
    ticket_store_put(t->store, &later);
}

enum status tickets_fire(struct tickets *t, const struct ticket_context *ctx,
                         int64_t until_ms, struct outputs *out,
                         struct ticket_step *step)
{
    struct ticket_context own = *ctx;
    struct ticket_entry entry;
    Dispatch__V1__TicketState *state;
    size_t n = out->n;

    *step = (struct ticket_step){0};
    if (!ticket_store_next_due(t->store, &entry) || entry.due_at > until_ms)
        return STATUS_OK;
    state = unpack(out->arena, &entry);
    own.ticket_id = id_text(out->arena, &entry);
    own.in_place = true;
    if (!state || !own.ticket_id)
        return STATUS_FATAL;
    step->code = ticket_fire(&own, &state, entry.due_at, out);
    if (step->code == REJECT_NONE &&
        !finish(t, own.ticket_id, state, out->arena, step))
        step->code = fail_without_memory(NULL);
    if (step->code != REJECT_NONE) {
        out->n = n;
        put_off(t, &entry);
    }
    return STATUS_OK;
}

void tickets_hold(struct tickets *t, const void *id, size_t id_size)
{
    struct ticket_entry entry;
    struct held_id held = {.size = id_size};

    if (!ticket_store_get(t->store, id, id_size, &entry) ||
        entry.due_at == TICKET_NEVER)
        return;
    held.bytes = memory_new(id_size);
    memcpy(held.bytes, id, id_size);
    t->held = memory_grow(t->held, t->n_held + 1, sizeof *t->held);
    t->held[t->n_held++] = held;
    entry.due_at = TICKET_NEVER;
    ticket_store_put(t->store, &entry);
}

void tickets_release(struct tickets *t)
{
    for (size_t i = 0; i < t->n_held; i++) {
        struct ticket_entry entry;
        struct state_peek peek;

        if (!ticket_store_get(t->store, t->held[i].bytes, t->held[i].size,
                              &entry) ||
            !state_peek(entry.value, entry.value_size, &peek))
            continue;
        entry.due_at = peek.next_due_at;
        ticket_store_put(t->store, &entry);
    }
    forget_held(t);
    /* A later abort must not hold them again: nobody would release them. */
    ticket_store_commit(t->store);
}

/* One ticket whose calendar may have changed. */
static enum status recalendar(struct tickets *t,
                              const struct ticket_context *ctx,
                              const struct ticket_entry *entry,
                              struct outputs *out, struct ticket_step *step)
{
    struct ticket_context own = *ctx;
    Dispatch__V1__TicketState *state = unpack(out->arena, entry);
    size_t n = out->n;

    own.ticket_id = id_text(out->arena, entry);
    own.in_place = true;
    if (!state || !own.ticket_id)
        return STATUS_FATAL;
    if (!ticket_needs_recalendar(ctx->catalogue, state))
        return STATUS_OK;
    step->code = ticket_recalendar(&own, &state, out);
    if (step->code != REJECT_NONE ||
        finish(t, own.ticket_id, state, out->arena, step))
        return STATUS_OK;
    out->n = n;
    step->code = fail_without_memory(NULL);
    return STATUS_OK;
}

enum status tickets_recalendar(struct tickets *t,
                               const struct ticket_context *ctx, size_t *cursor,
                               size_t max, struct outputs *out,
                               struct ticket_step *step)
{
    struct ticket_entry entry;
    enum status status = STATUS_OK;

    *step = (struct ticket_step){0};
    while (*cursor != TICKETS_END && max-- > 0 && status == STATUS_OK &&
           !step->record.key && step->code == REJECT_NONE) {
        /* Only an open ticket has clocks. */
        if (!ticket_store_each(t->store, cursor, &entry))
            *cursor = TICKETS_END;
        else if (entry.group == TICKET_OPEN)
            status = recalendar(t, ctx, &entry, out, step);
    }
    return status;
}
