/*
 * The report as JSON lines: findings and open clocks, then the summary.
 */
#include "audit_lines.h"
#include "audit_print.h"

#include "message_json.h"

#include <dispatch/v1/dispatch.pb-c.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

static void print(FILE *out, json_t *json)
{
    char *text = json_dumps(json, JSON_COMPACT | JSON_REAL_PRECISION(6));

    if (text)
        fprintf(out, "%s\n", text);
    free(text);
    json_decref(json);
}

/* Others' texts need not be UTF-8. */
static json_t *text_json(const char *text)
{
    json_t *json = json_string(text);
    char *ascii;

    if (json)
        return json;
    ascii = strdup(text);
    for (char *p = ascii; p && *p; p++)
        *p = (unsigned char)*p >= 0x80 ? '?' : *p;
    json = json_string(ascii ? ascii : "");
    free(ascii);
    return json;
}

static json_t *number_json(uint64_t n)
{
    return json_integer((json_int_t)n);
}

static json_t *event_id_json(const char *ticket_id, uint32_t number)
{
    json_t *ticket = text_json(ticket_id);
    json_t *json =
        json_sprintf("%s/%u", json_string_value(ticket), (unsigned)number);

    json_decref(ticket);
    return json;
}

/* --------------------------------------------------------------- findings */

static json_t *place_json(const struct audit_logs *logs,
                          const struct audit_finding *f,
                          const struct audit_place *place)
{
    json_t *json =
        json_pack("{s:s, s:i, s:I}", "topic", logs->topics[place->topic].name,
                  "partition", (int)place->partition, "offset",
                  (json_int_t)place->offset);

    if (place->number > 0)
        json_object_set_new(json, "event_id",
                            event_id_json(f->ticket_id, place->number));
    return json;
}

void audit_print_finding_json(FILE *out, const struct audit_logs *logs,
                              const struct audit_finding *f)
{
    json_t *evidence = json_array();

    for (size_t i = 0; i < f->n_places; i++)
        json_array_append_new(evidence, place_json(logs, f, &f->places[i]));
    print(out, json_pack("{s:s, s:s, s:s, s:o, s:o, s:o}", "type",
                         audit_kind_is_violation(f->kind) ? "violation"
                                                          : "shortcoming",
                         "kind", audit_kind_name(f->kind), "rule",
                         audit_kind_rule(f->kind), "ticket_id",
                         text_json(f->ticket_id), "message",
                         text_json(f->message), "evidence", evidence));
}

static void print_clock(FILE *out, const struct audit_report *report,
                        const struct audit_open_clock *c)
{
    const ProtobufCEnumValue *clock = protobuf_c_enum_descriptor_get_value(
        &dispatch__v1__clock__descriptor, c->clock);
    print(out, json_pack(
                   "{s:s, s:o, s:o, s:s, s:I, s:I, s:b, s:b, s:o}", "type",
                   "open_clock", "ticket_id", text_json(c->ticket_id),
                   "department_id", text_json(c->department_id), "clock",
                   clock ? clock->name : "", "due_at", (json_int_t)c->due_at,
                   "overdue_ms", (json_int_t)audit_overdue_ms(c, report->at_ms),
                   "paused", c->paused, "breached", c->breached, "event_id",
                   event_id_json(c->ticket_id, c->number)));
}

/* ---------------------------------------------------------------- summary */

static json_t *partition_json(const struct audit_log *log, int32_t partition)
{
    return json_pack("{s:i, s:I, s:I, s:I, s:b, s:b, s:o}", "partition",
                     (int)partition, "begin_offset", (json_int_t)log->begin,
                     "settled_offset", (json_int_t)log->settled, "end_offset",
                     (json_int_t)log->end, "begins_late", !log->whole,
                     "held_back", log->held_back, "committed_offset",
                     log->committed >= 0 ? json_integer(log->committed)
                                         : json_null());
}

static json_t *topics_json(const struct audit_report *report)
{
    json_t *topics = json_array();

    for (int i = 0; i < AUDIT_TOPICS; i++) {
        json_t *partitions = json_array();

        for (int32_t j = 0; j < report->logs->topics[i].n; j++)
            json_array_append_new(
                partitions,
                partition_json(&report->logs->topics[i].partitions[j], j));
        json_array_append_new(
            topics,
            json_pack("{s:s, s:o, s:o}", "topic", report->logs->topics[i].name,
                      "records", number_json(report->figures->records[i]),
                      "partitions", partitions));
    }
    return topics;
}

static json_t *found_json(const struct audit_figures *f, bool violations)
{
    json_t *json = json_object();

    for (enum audit_kind kind = 0; kind < AUDIT_KINDS; kind++) {
        if (audit_kind_is_violation(kind) == violations && f->found[kind] > 0)
            json_object_set_new(json, audit_kind_name(kind),
                                number_json(f->found[kind]));
    }
    return json;
}

static json_t *tickets_json(const struct audit_figures *f)
{
    static const char *const names[AUDIT_ENDS] = {
        [AUDIT_END_OPEN] = "open",
        [AUDIT_END_RESOLVED] = "resolved",
        [AUDIT_END_CLOSED] = "closed",
        [AUDIT_END_MERGED] = "merged",
        [AUDIT_END_CANCELLED] = "cancelled",
        [AUDIT_END_DEAD_LETTER] = "dead_letter",
        [AUDIT_END_WAITING] = "waiting",
        [AUDIT_END_UNKNOWN] = "unknown",
    };
    json_t *json = json_object();

    json_object_set_new(json, "all", number_json(audit_print_tickets(f)));
    for (int i = 0; i < AUDIT_ENDS; i++)
        json_object_set_new(json, names[i], number_json(f->tickets[i]));
    json_object_set_new(json, "begun_before", number_json(f->begun_before));
    return json;
}

static json_t *inputs_json(const struct audit_figures *f)
{
    return json_pack("{s:o, s:o, s:o, s:o, s:o, s:o, s:o}", "applied",
                     number_json(f->applied), "silent", number_json(f->silent),
                     "repeats", number_json(f->repeats), "dead_letters",
                     number_json(f->refused), "waiting",
                     number_json(f->waiting), "unknown",
                     number_json(f->unknown), "lost", number_json(f->lost));
}

static json_t *letters_json(const struct audit_figures *f)
{
    json_t *json = json_object();

    for (enum reject_code code = REJECT_NONE; code < REJECT_COUNT; code++) {
        if (f->letters[code] > 0)
            json_object_set_new(
                json, code == REJECT_NONE ? "other" : reject_name(code),
                number_json(f->letters[code]));
    }
    json_object_set_new(json, "foreign", number_json(f->foreign_letters));
    return json;
}

static json_t *events_json(const uint64_t *counts,
                           const ProtobufCEnumDescriptor *type)
{
    json_t *json = json_object();

    for (int i = 0; i < AUDIT_EVENT_KINDS; i++) {
        const ProtobufCEnumValue *value =
            protobuf_c_enum_descriptor_get_value(type, i);

        if (value && counts[i] > 0)
            json_object_set_new(json,
                                message_json_short_name(type, value->name),
                                number_json(counts[i]));
    }
    return json;
}

static json_t *clocks_json(const struct audit_figures *f)
{
    return json_pack(
        "{s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o}", "scheduled",
        number_json(f->clocks), "met", number_json(f->met), "met_late",
        number_json(f->met_late), "cancelled", number_json(f->cancelled),
        "breached", number_json(f->breached), "open", number_json(f->open),
        "paused", number_json(f->paused), "overdue", number_json(f->overdue));
}

void audit_print_json(FILE *out, const struct audit_report *report)
{
    const struct audit_figures *f = report->figures;
    json_t *json =
        json_pack("{s:s, s:I, s:s, s:I}", "type", "summary", "violations",
                  (json_int_t)f->violations, "group", report->group,
                  "measured_at", (json_int_t)report->at_ms);

    for (size_t i = 0; i < report->n_clocks; i++)
        print_clock(out, report, &report->clocks[i]);
    json_object_set_new(json, "found", found_json(f, true));
    json_object_set_new(json, "shortcomings", found_json(f, false));
    json_object_set_new(json, "tickets", tickets_json(f));
    json_object_set_new(json, "inputs", inputs_json(f));
    json_object_set_new(json, "dead_letters", letters_json(f));
    json_object_set_new(
        json, "assignments",
        events_json(f->assignments,
                    &dispatch__v1__assignment_kind__descriptor));
    json_object_set_new(
        json, "deadlines",
        events_json(f->deadlines, &dispatch__v1__deadline_kind__descriptor));
    json_object_set_new(json, "clocks", clocks_json(f));
    json_object_set_new(json, "states_compared", number_json(f->states));
    json_object_set_new(json, "memory_bytes", number_json(f->memory));
    json_object_set_new(json, "memory_tickets", number_json(f->memory_tickets));
    json_object_set_new(json, "passes", number_json(f->passes));
    json_object_set_new(json, "seconds", json_real(report->seconds));
    json_object_set_new(json, "topics", topics_json(report));
    print(out, json);
}
