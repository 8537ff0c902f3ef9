/*
 * A consumed record as one JSON object, and as one line for a person.
 *
 *   {"topic", "partition", "offset", "timestamp", "key", "headers": {},
 *    "value": {}}
 */
#ifndef DISPATCHER_RECORD_JSON_H
#define DISPATCHER_RECORD_JSON_H

#include "message_json.h"

#include <jansson.h>
#include <librdkafka/rdkafka.h>
#include <protobuf-c/protobuf-c.h>
#include <stdio.h>

/* A column of the line for people: the first of these paths, divided by
 * spaces, that leads to something. A path's steps are divided by '/'; through
 * a list it leads to each item; "*" is the first member that is an object, and
 * the last step "*" its name. */
struct record_column {
    const char *title;
    const char *paths;
    int width; /* of the terminal's cells; 0: the last one, as long as it is */
};

/* The record. `type` says what the value is; NULL: bytes of which nothing is
 * known. A value that is no such message, and one without a type, is
 * "value_base64". A new reference. */
json_t *record_json(const rd_kafka_message_t *msg,
                    const ProtobufCMessageDescriptor *type,
                    enum message_json_style style);

/* Prints the titles, or one record made with MESSAGE_JSON_PEOPLE. Control
 * characters become '?', what is absent '-'. */
void record_print_titles(FILE *out, const struct record_column *columns,
                         size_t n);
void record_print(FILE *out, const struct record_column *columns, size_t n,
                  const json_t *record);

#endif
