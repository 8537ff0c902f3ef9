/*
 * Durations of the catalogue: one number and one unit (docs/calendars.md).
 */
#ifndef DISPATCHER_DURATION_H
#define DISPATCHER_DURATION_H

#include "status.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum duration_unit {
    DURATION_NONE,          /* no duration was given */
    DURATION_MINUTES,       /* 90m: elapsed, at any hour */
    DURATION_HOURS,         /* 24h: elapsed, at any hour */
    DURATION_DAYS,          /* 7d: calendar days, same wall-clock time */
    DURATION_WORK_HOURS,    /* 12wh */
    DURATION_WORK_DAYS,     /* 5wd: working days, same wall-clock time */
    DURATION_WORK_DAYS_END, /* 5wd.end: to the end of that working day */
};

struct duration {
    enum duration_unit unit;
    int32_t count; /* 0 to DURATION_MAX_COUNT of the unit */
};

enum { DURATION_MAX_COUNT = 1000000, DURATION_TEXT_SIZE = 24 };

/* Parses "90m", "24h", "7d", "12wh", "5wd", "5wd.end". On failure false,
 * *out is untouched and why[size] says what is wrong. */
MUST_CHECK bool duration_parse(const char *text, struct duration *out,
                               char *why, size_t size);

/* The text that parses to `d`; "" for DURATION_NONE. */
const char *duration_format(struct duration d, char text[DURATION_TEXT_SIZE]);

/* True for wh, wd and wd.end: units that count working time only. */
bool duration_is_working(struct duration d);

#endif
