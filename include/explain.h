/*
 * dispatchctl explain: which rules were candidates for a ticket, which won and
 * why, who gets it, and by when.
 *
 * The explanation is one JSON object, whether a program or a person reads it;
 * docs/dispatchctl.md lists its names.
 */
#ifndef DISPATCHER_EXPLAIN_H
#define DISPATCHER_EXPLAIN_H

#include "calendar_explain.h"
#include "status.h"

#include <dispatch/v1/dispatch.pb-c.h>
#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

struct catalogue;
struct zone;

/* Explains a checked event of kind `created` as if its record had arrived at
 * the moment it happened. Times are UTC milliseconds, or, with a zone, texts
 * in its local time. The steps of each deadline are in `language`. A new
 * reference. */
json_t *explain_ticket(const struct catalogue *cat,
                       const Dispatch__V1__TicketEvent *event,
                       const struct zone *zone,
                       enum calendar_language language);

/* Prints an explanation that was made with a zone. */
void explain_print(FILE *out, const json_t *explanation);

/* Loads the catalogue from a folder of CSV files, or from Redis when `folder`
 * is NULL. NULL, and said on standard error, when it cannot be read or is
 * inconsistent. */
MUST_CHECK struct catalogue *explain_load_catalogue(const char *folder,
                                                    const char *redis_url,
                                                    const char *prefix);

#endif
