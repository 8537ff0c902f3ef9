/*
 * Findings about one ticket, and names for their messages.
 */
#include "story.h"

#include "message_json.h"

#include <dispatch/v1/dispatch.pb-c.h>
#include <stdarg.h>
#include <stdio.h>

enum { MESSAGE_SIZE = 512 };

static void add_place(struct audit_evidence *evidence, const struct entry *e)
{
    if (!e)
        return;
    evidence->places[evidence->n++] = (struct audit_place){
        .topic = e->topic,
        .partition = e->partition,
        .offset = e->offset,
        .number = e->number,
    };
}

void story_find(struct story *s, enum audit_kind kind, const struct entry *one,
                const struct entry *two, const char *format, ...)
{
    struct audit_evidence evidence = {.ticket_id = s->id};
    char message[MESSAGE_SIZE];
    va_list args;

    va_start(args, format);
    vsnprintf(message, sizeof(message), format, args);
    va_end(args);
    add_place(&evidence, one);
    add_place(&evidence, two);
    book_find(s->audit, kind, &evidence, "%s", message);
}

static const char *enum_name(const ProtobufCEnumDescriptor *type, int value)
{
    const ProtobufCEnumValue *v =
        protobuf_c_enum_descriptor_get_value(type, value);

    return v ? message_json_short_name(type, v->name) : "UNSPECIFIED";
}

struct story_time story_time(int64_t at_ms)
{
    struct story_time time;

    output_time(at_ms, time.text);
    return time;
}

const char *story_kind_name(const struct entry *e)
{
    const ProtobufCFieldDescriptor *field;

    if (e->topic == AUDIT_ASSIGNMENTS)
        return enum_name(&dispatch__v1__assignment_kind__descriptor, e->kind);
    if (e->topic == AUDIT_DEADLINES)
        return enum_name(&dispatch__v1__deadline_kind__descriptor, e->kind);
    field = protobuf_c_message_descriptor_get_field(
        &dispatch__v1__ticket_event__descriptor,
        (unsigned)e->kind + DISPATCH__V1__TICKET_EVENT__KIND_CREATED);
    return field ? field->name : "event";
}

const char *story_clock_name(int clock)
{
    return enum_name(&dispatch__v1__clock__descriptor, clock);
}

const char *story_role_name(int role)
{
    return role == 0 ? "no role"
                     : enum_name(&dispatch__v1__role__descriptor, role);
}

const char *story_department(const struct story *s, uint32_t department)
{
    return department == NAMES_EMPTY ? "nobody"
                                     : names_text(s->audit->names, department);
}
