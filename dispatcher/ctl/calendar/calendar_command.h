/*
 * The parts of dispatchctl calendar.
 */
#ifndef DISPATCHER_CALENDAR_COMMAND_H
#define DISPATCHER_CALENDAR_COMMAND_H

#include "status.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct calendar;
struct catalogue;

/* Where calendars are read from. */
struct calendar_source {
    const char *folder; /* of CSV files; NULL: Redis */
    const char *redis;
    const char *prefix;
};

/* Compiles the calendars alone, without the rest of the catalogue. NULL, and
 * said on standard error, when they cannot be read or are wrong. Free with
 * catalogue_free. */
MUST_CHECK struct catalogue *calendar_load(const struct calendar_source *from);

/* Prints a year of a calendar, to look at or as JSON. */
void calendar_draw_year(const struct calendar *cal, int32_t year);
void calendar_print_year(const struct calendar *cal, int32_t year);

/* Days of an iCalendar file (RFC 5545). */
struct ics_days {
    int32_t *holidays; /* numbered as in civil.h, sorted, each once */
    int32_t *workdays;
    int32_t n_holidays;
    int32_t n_workdays;
    int32_t n_skipped; /* events with a time of day */
};

/* What to take from the file. */
struct ics_filter {
    int32_t first_year; /* days outside these years are left out */
    int32_t last_year;
    const char *workday; /* events whose summary has this are make-up days */
};

/* Reads the events that last whole days. False, with the reason in
 * why[size], when there is no such file or it is no iCalendar. Free with
 * ics_days_deinit. */
MUST_CHECK bool ics_read(const char *path, const struct ics_filter *filter,
                         struct ics_days *days, char *why, size_t size);
void ics_days_deinit(struct ics_days *days);

#endif
