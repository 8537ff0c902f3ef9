/*
 * Working calendars, compiled: any due date is a few binary searches.
 *
 * A calendar is a time zone, the spans in which it is open, and the days that
 * are announced. It is immutable once compiled and may be read by any thread.
 * One for which nobody wrote hours is open at all hours of its zone.
 *
 * It is open whenever a clock on the wall shows a time within its hours: an
 * hour that daylight saving skips is not worked, one that it repeats is
 * worked twice. A due time on the wall that is skipped or repeated follows
 * the rule of zone.h. Spans are compiled for the years CALENDAR_FIRST_YEAR to
 * CALENDAR_LAST_YEAR; outside them a calendar that is not always open counts
 * as closed, and a due date that would lie beyond them is their end.
 */
#ifndef DISPATCHER_CALENDAR_H
#define DISPATCHER_CALENDAR_H

#include "duration.h"
#include "status.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct calendar;

enum { CALENDAR_FIRST_YEAR = 1990, CALENDAR_LAST_YEAR = 2059 };

/* A due date and how sure it is. */
struct calendar_due {
    int64_t at;       /* UTC milliseconds */
    bool provisional; /* reaches past the last announced day */
};

/* Opening hours of one day, in minutes after its midnight, sorted. The last
 * span may end on the next day, after minute 1440. */
enum { CALENDAR_MAX_SPANS = 8 };
struct calendar_hours {
    int32_t n;
    struct {
        int16_t from;
        int16_t until;
    } spans[CALENDAR_MAX_SPANS];
};

enum calendar_day_kind {
    CALENDAR_DAY_WEEK,    /* as the week says */
    CALENDAR_DAY_HOLIDAY, /* listed in holidays; with hours: a half day */
    CALENDAR_DAY_WORKDAY, /* listed in workdays: a make-up day */
};

/* What a calendar plans for one day. */
struct calendar_day {
    enum calendar_day_kind kind;
    struct calendar_hours hours;
};

/* The calendar that always exists: open at any time, in UTC. Static. */
const struct calendar *calendar_24x7(void);

const char *calendar_id(const struct calendar *cal);

/* The IANA name. */
const char *calendar_time_zone(const struct calendar *cal);

/* When `d` from `start_ms` is over. Elapsed units run at any hour; days keep
 * the wall-clock time in the calendar's zone; working units count open time
 * only and begin at the next opening. Working days go on from there to the
 * same wall-clock time, or to the end, of the n-th working day that follows;
 * a span over midnight belongs to the day on which it opens. Saturates, never
 * overflows. Only working units can be provisional: the others ask no
 * holiday. */
struct calendar_due calendar_due(const struct calendar *cal, int64_t start_ms,
                                 struct duration d);

/* `d` before `end_ms`, for warn points such as "-1h". Where open time leaves
 * a choice (the end of one day or the beginning of the next) it is the
 * later. */
int64_t calendar_before(const struct calendar *cal, int64_t end_ms,
                        struct duration d);

/* Open milliseconds in [from_ms, to_ms); 0 when to <= from. */
int64_t calendar_elapsed(const struct calendar *cal, int64_t from_ms,
                         int64_t to_ms);

/* The moment at which `open_ms` of open time have passed since `start_ms`:
 * the inverse of calendar_elapsed. The earliest such moment; for 0 (or less)
 * the next opening. */
struct calendar_due calendar_advance(const struct calendar *cal,
                                     int64_t start_ms, int64_t open_ms);

/* Whether the calendar is open at `at_ms`. */
bool calendar_is_open(const struct calendar *cal, int64_t at_ms);

/* The local date at `at_ms` as yyyymmdd, for rules with from and until. */
int32_t calendar_local_date(const struct calendar *cal, int64_t at_ms);

/* Milliseconds of local time since 1970-01-01 00:00 local, for display. */
int64_t calendar_local_ms(const struct calendar *cal, int64_t at_ms);

/* The plan of a day, numbered as in civil.h, for display. */
struct calendar_day calendar_day(const struct calendar *cal,
                                 int32_t day_number);

/* The moment at which the announced days end, for a warning months ahead;
 * INT64_MAX when the calendar has no announced_until. */
int64_t calendar_runs_out_at(const struct calendar *cal);

/* Whether that end is the calendar's own. Otherwise there is none, or it is
 * inherited: then it is enough to warn of the ancestor. */
bool calendar_announces(const struct calendar *cal);

/* A fingerprint of all that decides due dates; equal calendars have equal
 * ones in every process (invariant 13). */
uint64_t calendar_fingerprint(const struct calendar *cal);

#endif
