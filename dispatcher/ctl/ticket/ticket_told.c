/*
 * Record -> message, JSON, and what the order of a story depends on.
 */
#include "ticket_told.h"

#include "confluent.h"
#include "decode.h"
#include "event_fields.h"
#include "event_text.h"
#include "memory.h"
#include "record_json.h"

#include <stdlib.h>
#include <string.h>

static const ProtobufCMessageDescriptor *const types[CTL_TOPICS] = {
    [CTL_TICKETS] = &dispatch__v1__ticket_event__descriptor,
    [CTL_ASSIGNMENTS] = &dispatch__v1__assignment_event__descriptor,
    [CTL_DEADLINES] = &dispatch__v1__deadline_event__descriptor,
    [CTL_DEAD_LETTERS] = &dispatch__v1__ticket_event__descriptor,
};

static ProtobufCMessage *decode(const void *value, size_t size,
                                enum ctl_topic topic)
{
    const uint8_t *bytes = value;
    size_t prefix = 0;

    if (bytes == NULL)
        return NULL;
    if (types[topic] == &dispatch__v1__ticket_event__descriptor &&
        confluent_prefix(bytes, size, DECODE_MESSAGE_INDEX, &prefix, NULL) !=
            REJECT_NONE)
        return NULL;
    return protobuf_c_message_unpack(types[topic], NULL, size - prefix,
                                     bytes + prefix);
}

/* A copy of the last header with this name; NULL: none. */
static char *copy_header(const rd_kafka_message_t *msg, const char *name)
{
    rd_kafka_headers_t *headers;
    const void *value;
    size_t size;

    if (rd_kafka_message_headers(msg, &headers) != RD_KAFKA_RESP_ERR_NO_ERROR ||
        rd_kafka_header_get_last(headers, name, &value, &size) !=
            RD_KAFKA_RESP_ERR_NO_ERROR ||
        value == NULL)
        return NULL;
    char *text = memory_new(size + 1);
    memcpy(text, value, size);
    return text;
}

/* Bytes that nobody can read may hold a contact. */
static json_t *as_json(const rd_kafka_message_t *msg, const struct told *told,
                       bool contacts)
{
    json_t *json = record_json(msg, NULL, MESSAGE_JSON_EXACT);

    if (told->message != NULL) {
        json_object_set_new(
            json, "value",
            message_json_write(told->message, MESSAGE_JSON_EXACT));
        json_object_del(json, "value_base64");
    }
    if (!contacts) {
        contacts_remove(json);
        json_object_del(json, "value_base64");
    }
    return json;
}

struct told *told_new(const rd_kafka_message_t *msg, enum ctl_topic topic,
                      bool json, bool contacts)
{
    struct told *told = memory_new(sizeof *told);

    told->topic = topic;
    told->message = decode(msg->payload, msg->len, topic);
    if (topic == CTL_DEAD_LETTERS) {
        told->code = copy_header(msg, "dispatcher.error.code");
        told->why = copy_header(msg, "dispatcher.error.message");
    }
    if (json)
        told->json = as_json(msg, told, contacts);
    return told;
}

struct told *told_of_output(const void *value, size_t size,
                            enum ctl_topic topic)
{
    struct told *told = memory_new(sizeof *told);

    told->topic = topic;
    told->message = decode(value, size, topic);
    return told;
}

void told_free(struct told **told)
{
    if (*told == NULL)
        return;
    if ((*told)->message != NULL)
        protobuf_c_message_free_unpacked((*told)->message, NULL);
    json_decref((*told)->json);
    free((*told)->code);
    free((*told)->why);
    free(*told);
    *told = NULL;
}

static void fill_input(const struct told *told, struct story_item *item)
{
    item->event_id = item->source = item->caused_by = "";
    if (told->event == NULL)
        return;
    item->occurred_at = told->event->occurred_at;
    item->event_id = told->event->event_id;
    item->source = told->event->source;
}

/* Where the input lay that was refused. */
static void fill_letter(const rd_kafka_message_t *msg, struct story_item *item)
{
    char *offset = copy_header(msg, "dispatcher.error.offset");

    item->kind = STORY_DEAD_LETTER;
    item->offset = offset != NULL ? strtoll(offset, NULL, 10) : -1;
    free(offset);
}

unsigned long told_number(const struct told *told)
{
    if (told->message == NULL)
        return 0;
    return event_number(told->topic == CTL_ASSIGNMENTS
                            ? told->assignment->event_id
                            : told->deadline->event_id);
}

const char *told_cause(const struct told *told)
{
    if (told->message == NULL)
        return "";
    return told->topic == CTL_ASSIGNMENTS ? told->assignment->caused_by
                                          : told->deadline->caused_by;
}

struct story_item told_item(struct told *told, const rd_kafka_message_t *msg)
{
    struct story_item item = {
        .offset = msg->offset,
        .timestamp_ms = rd_kafka_message_timestamp(msg, NULL),
        .event_id = "",
        .source = "",
        .caused_by = "",
        .record = told,
    };

    item.occurred_at = item.timestamp_ms;
    if (told->topic == CTL_TICKETS || told->topic == CTL_DEAD_LETTERS)
        fill_input(told, &item);
    if (told->topic == CTL_DEAD_LETTERS)
        fill_letter(msg, &item);
    if (told->topic != CTL_ASSIGNMENTS && told->topic != CTL_DEADLINES)
        return item;
    item.kind = STORY_OUTPUT;
    item.number = told_number(told);
    item.caused_by = told_cause(told);
    if (told->message != NULL)
        item.occurred_at = told->topic == CTL_ASSIGNMENTS
                               ? told->assignment->occurred_at
                               : told->deadline->occurred_at;
    return item;
}
