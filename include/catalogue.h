/*
 * The dispatch catalogue (派单目录), compiled: who is responsible for what.
 *
 * A snapshot is immutable and may be read by any thread; it is swapped whole.
 * All pointers reached from it live as long as it does. The names of fields
 * and their meaning are those of the catalogue in Redis (docs/catalogue.md).
 */
#ifndef DISPATCHER_CATALOGUE_H
#define DISPATCHER_CATALOGUE_H

#include "duration.h"
#include "status.h"
#include "tables.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct calendar;
struct catalogue;
struct findings;

enum urgency { URGENCY_NORMAL, URGENCY_URGENT, URGENCY_EMERGENCY, URGENCIES };
enum clock_kind { CLOCK_FIRST_RESPONSE, CLOCK_RESOLUTION, CLOCKS };

struct department {
    const char *id;
    const char *name;
    const char *lead_official;       /* "": none */
    const char *topic;               /* "": none */
    const struct department *parent; /* NULL: none */
    const struct calendar *calendar; /* NULL: none */
};

/* A warn point: a share of the clock, or a span before its end. */
struct warn_point {
    uint32_t percent;       /* 1 to 99; 0: `before` counts */
    struct duration before; /* of "-1h" */
};

/* One level of an escalation. */
struct escalation {
    struct duration after;       /* after the due time */
    const struct department *to; /* NULL: the department's parent */
};

struct policy {
    const char *id;
    /* By urgency; DURATION_NONE: no such clock. */
    struct duration limits[URGENCIES][CLOCKS];
    bool first_response_by_acknowledged;
    const struct warn_point *warns;
    size_t n_warns;
    const struct escalation *escalations;
    size_t n_escalations;
    const struct calendar *calendar; /* NULL: the department's, else 24x7 */
    struct duration return_within;   /* DURATION_NONE: any time */
    bool pausable;
    struct duration max_pause; /* DURATION_NONE: no limit */
    uint32_t max_extensions;
    bool restart_on_reassign;
    bool reopen_on_unsolved;
    struct duration reopen_resolution; /* DURATION_NONE: as resolution */
    struct duration close_after;
};

/* What meta says beyond the version. */
struct catalogue_meta {
    const struct department *default_department; /* NULL: none */
    const struct policy *default_policy;         /* NULL: no clocks */
    const struct department *dispute_department; /* NULL: none */
    bool returns_review;                         /* else auto */
    uint32_t max_returns;
    struct duration report_delay;
};

/* Compiles raw tables into a new snapshot. On STATUS_REJECT (the tables are
 * inconsistent) *out is untouched. Everything noticed, errors and warnings,
 * is appended to `findings`. `tables` must be sorted (tables_sort) and is
 * borrowed for the call only. */
MUST_CHECK enum status catalogue_compile(const struct catalogue_tables *tables,
                                         struct findings *findings,
                                         struct catalogue **out);

/* The same, for who has the checksum already (tables_checksum): it costs a
 * tenth of the compiling. */
MUST_CHECK enum status
catalogue_compile_known(const struct catalogue_tables *tables,
                        const char checksum[TABLES_CHECKSUM_SIZE],
                        struct findings *findings, struct catalogue **out);

/* Whether each department's topic is one of the comma-separated `permitted`
 * (setting topics.departments). False, with an error in `findings` for each,
 * when one is not. `tables` are those that `cat` was compiled from: they give
 * the findings their lines. */
MUST_CHECK bool catalogue_check_topics(const struct catalogue *cat,
                                       const struct catalogue_tables *tables,
                                       const char *permitted,
                                       struct findings *findings);

/* Adds a warning for each rule whose last day (`until`) was before `now_ms`.
 * `tables` as above. */
void catalogue_check_expired(const struct catalogue *cat,
                             const struct catalogue_tables *tables,
                             int64_t now_ms, struct findings *findings);

/* Adds a warning for each calendar whose announced days end less than
 * CATALOGUE_CALENDAR_WARN_DAYS after `now_ms`; those that inherit that end are
 * not told again. `tables` as above. */
enum { CATALOGUE_CALENDAR_WARN_DAYS = 90 };
void catalogue_check_calendars(const struct catalogue *cat,
                               const struct catalogue_tables *tables,
                               int64_t now_ms, struct findings *findings);

/* Frees a snapshot and sets *cat to NULL. */
void catalogue_free(struct catalogue **cat);

/* "42", or "42+1f3a9c07" when edited by hand since version 42 was written. */
const char *catalogue_version(const struct catalogue *cat);

/* The number before the plus sign. */
int64_t catalogue_version_number(const struct catalogue *cat);

const struct catalogue_meta *catalogue_meta(const struct catalogue *cat);

/* Bytes of memory that the rules take, all in: keys, values, index. */
size_t catalogue_routes_memory(const struct catalogue *cat);

size_t catalogue_routes_count(const struct catalogue *cat);

/* Departments: by id (NULL: unknown), and one by one. */
const struct department *catalogue_department(const struct catalogue *cat,
                                              const char *id);
size_t catalogue_departments_count(const struct catalogue *cat);
const struct department *catalogue_department_at(const struct catalogue *cat,
                                                 size_t i);

const struct policy *catalogue_policy(const struct catalogue *cat,
                                      const char *id);
const struct calendar *catalogue_calendar(const struct catalogue *cat,
                                          const char *id);

/* Calendars one by one, without 24x7. */
size_t catalogue_calendars_count(const struct catalogue *cat);
const struct calendar *catalogue_calendar_at(const struct catalogue *cat,
                                             size_t i);

/* Those with an announced_until of their own, at most `max`: the ones that
 * run out first, in that order. Returns how many. */
size_t catalogue_calendars_left(const struct catalogue *cat,
                                const struct calendar *list[], size_t max);

/* Whole days until a calendar of that list runs out; negative: it has. */
int64_t catalogue_calendar_days_left(const struct calendar *cal,
                                     int64_t now_ms);

/* The zone of meta.time_zone, as a calendar that is always open. */
const struct calendar *catalogue_local_time(const struct catalogue *cat);

#endif
