/*
 * Building record headers.
 */
#include "record_headers.h"

#include "consumer.h"
#include "output.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

enum {
    HEADER_OVERHEAD = 10, /* two lengths as varints */
    REASON_ROOM = 1024,   /* our six headers and the batch around a record */
    MAX_TRACEPARENT = 64, /* 55 in version 00 of W3C trace context */
    MAX_TRACESTATE = 512, /* what a vendor must be ready to carry */
};

static void add_text(rd_kafka_headers_t *headers, const char *name,
                     const char *value)
{
    rd_kafka_header_add(headers, name, -1, value, -1);
}

static const rd_kafka_headers_t *headers_of(const struct record *rec)
{
    rd_kafka_headers_t *headers;

    if (!rec || !rec->message ||
        rd_kafka_message_headers(rec->message, &headers))
        return NULL;
    return headers;
}

static void hand_on(rd_kafka_headers_t *to, const rd_kafka_headers_t *from,
                    const char *name, size_t max_size)
{
    const void *value;
    size_t size;

    if (!rd_kafka_header_get_last(from, name, &value, &size) &&
        size <= max_size)
        rd_kafka_header_add(to, name, -1, value, (ssize_t)size);
}

rd_kafka_headers_t *record_headers_event(const struct output *out,
                                         const char *source,
                                         const struct record *input,
                                         bool cloudevents)
{
    rd_kafka_headers_t *headers = rd_kafka_headers_new(10);
    const rd_kafka_headers_t *theirs = headers_of(input);
    char time[OUTPUT_TIME_SIZE];

    if (cloudevents) {
        output_time(out->occurred_at, time);
        add_text(headers, "ce_specversion", "1.0");
        add_text(headers, "ce_id", out->event_id);
        add_text(headers, "ce_source", source);
        add_text(headers, "ce_type", out->type);
        rd_kafka_header_add(headers, "ce_subject", -1, out->key,
                            (ssize_t)out->key_size);
        add_text(headers, "ce_time", time);
        add_text(headers, "ce_departmentid", out->department_id);
        add_text(headers, "content-type", "application/protobuf");
    }
    if (theirs) {
        hand_on(headers, theirs, "traceparent", MAX_TRACEPARENT);
        hand_on(headers, theirs, "tracestate", MAX_TRACESTATE);
    }
    return headers;
}

static size_t headers_size(const rd_kafka_headers_t *headers)
{
    const char *name;
    const void *value;
    size_t size, total = 0;

    for (size_t i = 0;
         headers && !rd_kafka_header_get_all(headers, i, &name, &value, &size);
         i++)
        total += strlen(name) + size + HEADER_OVERHEAD;
    return total;
}

static void add_number(rd_kafka_headers_t *headers, const char *name,
                       int64_t number)
{
    char text[24];

    snprintf(text, sizeof text, "%" PRId64, number);
    add_text(headers, name, text);
}

/* Cuts the value, and drops headers that alone are too large. */
static void fit(struct record *rec, const rd_kafka_headers_t **theirs,
                size_t max_size)
{
    size_t fixed = rec->key_size + REASON_ROOM;

    if (fixed + headers_size(*theirs) > max_size)
        *theirs = NULL;
    fixed += headers_size(*theirs);
    if (fixed > max_size) { /* a key that large is cut too */
        rec->key_size = max_size > REASON_ROOM ? max_size - REASON_ROOM : 0;
        fixed = max_size;
    }
    if (rec->value_size > max_size - fixed)
        rec->value_size = max_size - fixed;
}

rd_kafka_headers_t *record_headers_dead_letter(struct record *rec,
                                               const struct reject *why,
                                               const char *topic,
                                               size_t max_size)
{
    const rd_kafka_headers_t *theirs = headers_of(rec);
    size_t whole = rec->value_size;
    rd_kafka_headers_t *headers;

    fit(rec, &theirs, max_size);
    headers = theirs ? rd_kafka_headers_copy(theirs) : rd_kafka_headers_new(8);
    add_text(headers, "dispatcher.error.code", reject_name(why->code));
    add_text(headers, "dispatcher.error.message", why->why);
    add_text(headers, "dispatcher.error.topic", topic);
    add_number(headers, "dispatcher.error.partition", rec->partition);
    add_number(headers, "dispatcher.error.offset", rec->offset);
    add_number(headers, "dispatcher.error.timestamp", rec->timestamp_ms);
    if (rec->value_size < whole)
        add_number(headers, "dispatcher.error.truncated", (int64_t)whole);
    return headers;
}
