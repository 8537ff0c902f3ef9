/*
 * The log: logfmt on standard error, one line one write, from any thread.
 *
 * error: a person must act; warn: we coped; info: life cycle; debug: per
 * message. Never payloads, keys, contacts or secrets.
 */
#ifndef DISPATCHER_LOG_H
#define DISPATCHER_LOG_H

#include "status.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum log_level {
    LOG_LEVEL_ERROR,
    LOG_LEVEL_WARN,
    LOG_LEVEL_INFO,
    LOG_LEVEL_DEBUG
};
enum log_format { LOG_FORMAT_LOGFMT, LOG_FORMAT_JSON };

/* Once, before threads start. */
void log_setup(enum log_level level, enum log_format format);

bool log_enabled(enum log_level level);

/* Writes: ts=... level=... event=EVENT and the fields, which `format` gives as
 * logfmt pairs; values that may hold spaces are written with %s through
 * log_value(). Example:
 *   log_info("assigned", "partitions=%d group=%s", n, log_value(buf, group)) */
void log_line(enum log_level level, const char *event, const char *format, ...)
    PRINTF_LIKE(3, 4);

/* Quotes and escapes a value when it needs it (spaces, quotes, control
 * characters); cuts it to fit. Returns buf. */
enum { LOG_VALUE_SIZE = 512 };
struct log_text {
    char text[LOG_VALUE_SIZE];
};
const char *log_value(struct log_text *buf, const char *value);

/* Lines written since the start, by level. */
uint64_t log_count(enum log_level level);

/* The last lines of level error and warn, the newest first, for /status.json.
 * Returns how many of `max` were filled in. Makes no writer wait. */
enum { LOG_RECENT_MAX = 16, LOG_RECENT_SIZE = 256 };
struct log_recent {
    int64_t at_ms; /* UTC milliseconds */
    enum log_level level;
    char text[LOG_RECENT_SIZE]; /* event=... and the fields */
};
size_t log_recent(struct log_recent *out, size_t max);

/* "error", "warn", ... */
const char *log_level_name(enum log_level level);

#define log_error(...) log_line(LOG_LEVEL_ERROR, __VA_ARGS__)
#define log_warn(...) log_line(LOG_LEVEL_WARN, __VA_ARGS__)
#define log_info(...) log_line(LOG_LEVEL_INFO, __VA_ARGS__)
#define log_debug(...)                                                         \
    do {                                                                       \
        if (log_enabled(LOG_LEVEL_DEBUG))                                      \
            log_line(LOG_LEVEL_DEBUG, __VA_ARGS__);                            \
    } while (0)

#endif
