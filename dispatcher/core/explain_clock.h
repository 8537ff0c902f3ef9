/*
 * One clock of an explanation, with the steps that lead to its end.
 */
#ifndef DISPATCHER_EXPLAIN_CLOCK_H
#define DISPATCHER_EXPLAIN_CLOCK_H

#include "calendar_explain.h"
#include "dispatch.h"

#include <jansson.h>
#include <stdint.h>

struct zone;

/* Milliseconds, or, with a zone, "2018-10-21 23:42:00 -04:00". */
json_t *explain_time(const struct zone *zone, int64_t at_ms);

/* The clock's members in docs/dispatchctl.md; null when there is no such
 * clock. Words are local to the clock's calendar. */
json_t *explain_clock(const struct clock_plan *clock, const struct zone *zone,
                      enum calendar_language language);

#endif
