/*
 * Times as people and programs write them: RFC 3339, a profile of ISO 8601.
 * output_time (output.h) writes them.
 */
#ifndef DISPATCHER_RFC3339_H
#define DISPATCHER_RFC3339_H

#include "status.h"

#include <stdbool.h>
#include <stdint.h>

/* A date and time as written. Without an offset it is no moment yet. */
struct rfc3339 {
    int64_t local_ms;  /* since 1970-01-01 00:00 on the same wall clock */
    int64_t offset_ms; /* local time minus UTC */
    bool has_offset;
};

/* Reads "2018-10-21T23:42:00.123-04:00". Seconds, fraction and offset may be
 * missing, a space may stand for T. False, and *out untouched, when the text
 * is anything else or no such day exists. */
MUST_CHECK bool rfc3339_read(const char *text, struct rfc3339 *out);

/* Reads a text with an offset into UTC milliseconds. */
MUST_CHECK bool rfc3339_parse(const char *text, int64_t *at_ms);

#endif
