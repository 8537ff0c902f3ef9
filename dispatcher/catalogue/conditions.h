/*
 * The conditions of a rule: whether they hold, and how those of two rules
 * relate. For the files of this folder only.
 */
#ifndef DISPATCHER_CONDITIONS_H
#define DISPATCHER_CONDITIONS_H

#include "match.h"

struct conditions {
    uint8_t given;     /* bit i: enum condition i was given */
    uint8_t urgencies; /* bit i: enum urgency i */
    uint8_t types;     /* bit i: RequestType i */
    bool when_closed;  /* !id: the calendar must be closed */
    const char **channels;
    size_t n_channels;
    const struct calendar *when;
    int32_t from; /* yyyymmdd, inclusive */
    int32_t until;
};

/* How many kinds of conditions were given. */
uint8_t conditions_kinds(const struct conditions *c);

/* The first condition that does not hold for the query, or CONDITIONS. Dates
 * are those of the calendar `local_time`. */
enum condition conditions_failed(const struct conditions *c,
                                 const struct match_query *query,
                                 const struct calendar *local_time);

/* True when no ticket at all can fulfil both. */
bool conditions_exclude(const struct conditions *a, const struct conditions *b);

/* True when each ticket that fulfils `a` surely fulfils `b`. */
bool conditions_imply(const struct conditions *a, const struct conditions *b);

/* True when no ticket can fulfil them. */
bool conditions_impossible(const struct conditions *c);

/* "channels=phone,web when=!office from=2026-05-01", "" for none. */
const char *conditions_format(const struct conditions *c, char *text,
                              size_t size);

/* Names as in the catalogue: "EMERGENCY", "COMPLAINT"; NULL past the last. The
 * index is enum urgency, or RequestType (0, unspecified, is ""). */
const char *urgency_name(size_t urgency);
const char *request_type_name(size_t type);

#endif
