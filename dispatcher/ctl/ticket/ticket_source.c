/*
 * row -> JSON -> TicketEvent -> bytes -> dispatcher's own decoder.
 */
#include "ticket_source.h"

#include "arena.h"
#include "decode.h"
#include "message_json.h"

#include <stdio.h>
#include <string.h>

/* input.max.bytes unless it is set otherwise. */
enum { MAX_VALUE_SIZE = 256 * 1024 };

static json_t *parse_line(const char *text, struct mapping_error *error)
{
    json_error_t why;
    json_t *json = json_loads(text, JSON_REJECT_DUPLICATES, &why);
    *error = (struct mapping_error){0};
    if (json == NULL)
        snprintf(error->message, sizeof error->message,
                 "is no JSON: %.160s, at byte %d; each line must hold one "
                 "whole object",
                 why.text, why.position);
    return json;
}

static bool to_message(struct arena *a, const struct mapping *mapping,
                       const json_t *json, Dispatch__V1__TicketEvent **event,
                       struct mapping_error *error)
{
    struct message_json_error why;
    ProtobufCMessage *msg;
    if (message_json_read(a, json, &dispatch__v1__ticket_event__descriptor,
                          &msg, &why)) {
        *event = (Dispatch__V1__TicketEvent *)msg;
        return true;
    }
    const char *template =
        mapping != NULL ? mapping_template(mapping, why.path) : "";
    snprintf(error->where, sizeof error->where, "%.150s",
             template[0] != '\0' ? template : why.path);
    snprintf(error->message, sizeof error->message, "%s", why.message);
    return false;
}

static bool pack(struct arena *a, const Dispatch__V1__TicketEvent *event,
                 struct source_event *out, struct mapping_error *error)
{
    size_t size = dispatch__v1__ticket_event__get_packed_size(event);
    uint8_t *value = arena_alloc(a, size);
    if (value == NULL) {
        snprintf(error->message, sizeof error->message,
                 "the ticket is too large");
        return false;
    }
    dispatch__v1__ticket_event__pack(event, value);
    *out = (struct source_event){.value = value, .size = size};
    return true;
}

/* Refuses what dispatcher would make a dead letter of. */
static bool check(struct arena *a, const char *ticket_id,
                  struct source_event *record, struct mapping_error *error)
{
    const struct decode_input input = {.key = ticket_id,
                                       .key_size = strlen(ticket_id),
                                       .value = record->value,
                                       .value_size = record->size,
                                       .max_size = MAX_VALUE_SIZE};
    Dispatch__V1__TicketEvent *event;
    struct reject reject;
    enum reject_code code = decode_ticket_event(a, &input, &event, &reject);
    if (code != REJECT_NONE) {
        snprintf(error->message, sizeof error->message, "%s (%s)", reject.why,
                 reject_name(code));
        return false;
    }
    record->event = event;
    return true;
}

bool ticket_source_json(struct arena *a, const struct mapping *mapping,
                        const json_t *json, int64_t now_ms,
                        struct source_event *out, struct mapping_error *error)
{
    Dispatch__V1__TicketEvent *event;
    struct source_event record;

    *error = (struct mapping_error){0};
    if (!to_message(a, mapping, json, &event, error))
        return false;
    if (event->occurred_at == 0)
        event->occurred_at = now_ms;
    if (!pack(a, event, &record, error) ||
        !check(a, event->ticket_id, &record, error))
        return false;
    *out = record;
    return true;
}

bool ticket_source_row(struct arena *a, const struct mapping *mapping,
                       const struct row *row, int64_t now_ms,
                       struct source_event *out, struct mapping_error *error)
{
    json_t *json = mapping != NULL ? mapping_apply(mapping, row, error)
                                   : parse_line(row->text, error);
    if (json == NULL)
        return false;
    bool ok = ticket_source_json(a, mapping, json, now_ms, out, error);
    json_decref(json);
    return ok;
}
