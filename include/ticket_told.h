/*
 * One record of a ticket's story, decoded.
 */
#ifndef DISPATCHER_TICKET_TOLD_H
#define DISPATCHER_TICKET_TOLD_H

#include "ctl_topics.h"
#include "ticket_story.h"

#include <dispatch/v1/dispatch.pb-c.h>
#include <jansson.h>
#include <librdkafka/rdkafka.h>

struct told {
    enum ctl_topic topic;
    /* By topic; of a dead letter it is the event that was refused. NULL: the
     * value could not be decoded. */
    union {
        Dispatch__V1__TicketEvent *event;
        Dispatch__V1__AssignmentEvent *assignment;
        Dispatch__V1__DeadlineEvent *deadline;
        ProtobufCMessage *message;
    };
    json_t *json; /* the record, as record_json.h has it; NULL: not asked for */
    char *code;   /* of a dead letter */
    char *why;
};

/* The same of an event that is in no topic yet; `topic` is assignments or
 * deadlines. Never NULL. */
struct told *told_of_output(const void *value, size_t size,
                            enum ctl_topic topic);

/* Of an output: the number in its event id, and the input that caused it. */
unsigned long told_number(const struct told *told);
const char *told_cause(const struct told *told);

/* Decodes a record. `json`: also as JSON, the citizen's contact only if
 * `contacts`. Never NULL. */
struct told *told_new(const rd_kafka_message_t *msg, enum ctl_topic topic,
                      bool json, bool contacts);
void told_free(struct told **told);

/* The record as an item of a story; texts are borrowed from `told`. */
struct story_item told_item(struct told *told, const rd_kafka_message_t *msg);

#endif
