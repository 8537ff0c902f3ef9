/*
 * The inside of calendars, shared by the files that build and query them.
 */
#ifndef DISPATCHER_CALENDAR_TABLE_H
#define DISPATCHER_CALENDAR_TABLE_H

#include "calendar.h"
#include "calendar_spec.h"
#include "civil.h"

struct zone;

enum {
    SECOND_MS = 1000,
    MINUTE_MS = 60000,
    HOUR_MS = 3600000,
    DAY_MS = 86400000
};
enum { DAY_MINUTES = 1440 };

/* One day of holidays or workdays. */
struct listed_day {
    int32_t day; /* number as in civil.h */
    enum calendar_day_kind kind;
    bool has_hours; /* false: a whole holiday, a usual working day */
    struct calendar_hours hours;
};

/* A calendar as written; what is missing is inherited. */
struct calendar_spec {
    char *time_zone; /* "": missing */
    char *inherits;  /* "": none */
    bool has_week;
    bool has_announced_until;
    int32_t announced_until; /* day number */
    struct calendar_hours week[CIVIL_WEEKDAYS];
    struct listed_day *days; /* sorted by day, each day once */
    size_t n_days;
};

/* One stretch of open time. */
struct span {
    int64_t open_ms;   /* UTC */
    int64_t before_ms; /* open time in all spans before this one */
    int32_t length_ms;
    uint32_t workday; /* index of the working day that it belongs to */
};

struct workday {
    int32_t day;        /* number as in civil.h, local */
    uint32_t last_span; /* index of the span that ends it */
};

struct calendar {
    char *id;
    char *time_zone;
    const struct zone *zone; /* owned, but for calendar_24x7 */
    bool always;             /* open at any time: has no spans */
    struct span *spans;      /* sorted, none empty, none overlap */
    size_t n_spans;
    uint32_t *slots; /* see calendar_search.c */
    size_t n_slots;
    struct workday *workdays; /* sorted */
    size_t n_workdays;
    int64_t total_ms;    /* open time of all spans */
    int64_t runs_out_ms; /* INT64_MAX: never */
    bool announces;      /* announced_until is its own, not inherited */
    struct calendar_hours week[CIVIL_WEEKDAYS];
    struct listed_day *days; /* sorted by day, hours filled in */
    size_t n_days;
    uint64_t fingerprint;
};

/* Parses "09:00-12:00" or, over midnight, "22:00-06:00", and appends it.
 * False, with the reason in `why`, when it is no span, does not follow the
 * one before, or is one too many. */
MUST_CHECK bool calendar_hours_add(struct calendar_hours *hours,
                                   const char *text,
                                   char why[CALENDAR_WHY_SIZE]);

/* Sorts listed days by date. */
void calendar_sort_days(struct listed_day *days, size_t n);

/* The listed day of a date, among days that are sorted; NULL: none. */
const struct listed_day *calendar_listed_day(const struct listed_day *days,
                                             size_t n, int32_t day);

/* Fills spans, workdays and total_ms from zone, week and days. */
void calendar_build_spans(struct calendar *cal);

/* Fills the slots; the spans must be complete. */
void calendar_index_spans(struct calendar *cal);

/* How many spans begin at or before a moment. */
size_t calendar_spans_begun(const struct calendar *cal, int64_t at_ms);

/* The last span with at most `before_ms` of open time before it. It must lie
 * at or after the span with index `from`, and is found the faster the nearer
 * it is to that. */
const struct span *calendar_span_with(const struct calendar *cal, size_t from,
                                      int64_t before_ms);

#endif
