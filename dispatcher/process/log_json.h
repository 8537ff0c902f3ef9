/*
 * A line of the log as JSON, for log.format = json.
 */
#ifndef DISPATCHER_LOG_JSON_H
#define DISPATCHER_LOG_JSON_H

#include <stddef.h>

/* Writes {"ts":...,"level":...} and the pairs of `fields` (logfmt, without
 * control characters) as strings, and a newline. Pairs that do not fit any
 * more are left out. Returns the size; `size` must be at least 256. */
size_t log_json(const char *time, const char *level, const char *fields,
                char *out, size_t size);

#endif
