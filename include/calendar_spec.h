/*
 * One calendar as the catalogue writes it, and how calendars are compiled.
 *
 *   JSON text --parse--> spec --compile, with its ancestors--> struct calendar
 *
 * Fields of the JSON object: time_zone, week, holidays, workdays,
 * announced_until, inherits (docs/calendars.md). A calendar that inherits takes
 * over what it does not say itself: the time zone, the whole week, the last
 * announced day, and each single day that it does not list. Where the whole
 * lineage has neither a week nor workdays, it is open at all hours but on
 * holidays, so that {"time_zone": "America/New_York"} does for calendar days.
 */
#ifndef DISPATCHER_CALENDAR_SPEC_H
#define DISPATCHER_CALENDAR_SPEC_H

#include "status.h"

#include <stdbool.h>
#include <stddef.h>

struct calendar;
struct calendar_spec;

/* Longest explanation of a refusal, with its NUL: field, value and fix. */
enum { CALENDAR_WHY_SIZE = 256 };

/* How many calendars one calendar may descend from, itself included. */
enum { CALENDAR_MAX_LINEAGE = 8 };

/* Parses the JSON object of one calendar. NULL on failure, with the reason in
 * `why`. Free with calendar_spec_free. */
MUST_CHECK struct calendar_spec *
calendar_spec_parse(const char *json, size_t size, char why[CALENDAR_WHY_SIZE]);

/* Frees a spec and sets *spec to NULL. */
void calendar_spec_free(struct calendar_spec **spec);

/* The id of the calendar that it inherits from; "": none. */
const char *calendar_spec_inherits(const struct calendar_spec *spec);

/* Compiles a calendar from its own spec, lineage[0], its parent's, lineage[1],
 * and so on; all are borrowed for the call only. Reads the zone's file. On
 * failure false, *out is untouched and `why` says what is wrong: a zone that
 * is unknown, no time zone in the whole lineage, a week without hours. Free
 * with calendar_free. */
MUST_CHECK bool calendar_compile(const char *id,
                                 const struct calendar_spec *const *lineage,
                                 size_t n, struct calendar **out,
                                 char why[CALENDAR_WHY_SIZE]);

/* A calendar that is always open, in this IANA time zone, for meta.time_zone.
 * NULL when the zone is unknown, with the reason in `why`. */
MUST_CHECK struct calendar *calendar_new_zone(const char *id,
                                              const char *time_zone,
                                              char why[CALENDAR_WHY_SIZE]);

/* Frees a compiled calendar (not calendar_24x7) and sets *cal to NULL. */
void calendar_free(struct calendar **cal);

#endif
