/*
 * Times as a source writes them: by a pattern, in the source's time zone.
 */
#ifndef DISPATCHER_SOURCE_TIME_H
#define DISPATCHER_SOURCE_TIME_H

#include "status.h"

#include <stdbool.h>
#include <stdint.h>

struct zone;

struct source_time {
    const struct zone *zone; /* of times without an offset; NULL: UTC */
    const char *format;      /* of strptime(3); NULL: RFC 3339 */
};

/* Reads a time into UTC milliseconds. Without a format that is RFC 3339 with
 * or without an offset. With %S in the format a fraction may follow. False
 * when the text is no such time; *at_ms is then untouched. */
MUST_CHECK bool source_time_read(const struct source_time *source,
                                 const char *text, int64_t *at_ms);

#endif
