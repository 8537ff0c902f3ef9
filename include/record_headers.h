/*
 * The headers of what goes out: CloudEvents on events, reasons on dead
 * letters (docs/messages.md).
 */
#ifndef DISPATCHER_RECORD_HEADERS_H
#define DISPATCHER_RECORD_HEADERS_H

#include "reject.h"

#include <librdkafka/rdkafka.h>
#include <stdbool.h>
#include <stddef.h>

struct output;
struct record;

/* Bytes that key and headers of an event may take at most: four ids of
 * DECODE_MAX_ID, a trace context, names, and what a batch adds. */
enum { RECORD_HEADERS_ROOM = 4096 };

/* New headers for an event: CloudEvents 1.0 in binary mode unless they are
 * off, and the trace context of `input`. Never NULL. */
rd_kafka_headers_t *record_headers_event(const struct output *out,
                                         const char *source,
                                         const struct record *input,
                                         bool cloudevents);

/* New headers for a dead letter: those of *rec and the reasons. When all of
 * it would exceed `max_size`, rec->value_size is cut and the header
 * dispatcher.error.truncated gives the whole size; headers that leave no
 * room at all are dropped too. Never NULL. */
rd_kafka_headers_t *record_headers_dead_letter(struct record *rec,
                                               const struct reject *why,
                                               const char *topic,
                                               size_t max_size);

#endif
