/*
 * From a row of a file to the bytes of a TicketEvent, checked as dispatcher
 * itself will check them.
 */
#ifndef DISPATCHER_TICKET_SOURCE_H
#define DISPATCHER_TICKET_SOURCE_H

#include "mapping.h"
#include "rows.h"
#include "status.h"

#include <dispatch/v1/dispatch.pb-c.h>
#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct arena;

/* A packed event. All lies in the arena. */
struct source_event {
    const Dispatch__V1__TicketEvent *event; /* as dispatcher will decode it */
    const uint8_t *value;
    size_t size;
};

/* The most memory that one row may need. */
enum { TICKET_SOURCE_MEMORY = 4 << 20 };

/* Makes the record of one row; `mapping` is NULL for JSON. A row without
 * occurred_at happened at `now_ms`. False with *error set when the row is
 * wrong. */
MUST_CHECK bool ticket_source_row(struct arena *a,
                                  const struct mapping *mapping,
                                  const struct row *row, int64_t now_ms,
                                  struct source_event *out,
                                  struct mapping_error *error);

/* The same from the JSON of an event. `mapping` (may be NULL) is where the
 * JSON came from: errors name its columns. */
MUST_CHECK bool ticket_source_json(struct arena *a,
                                   const struct mapping *mapping,
                                   const json_t *json, int64_t now_ms,
                                   struct source_event *out,
                                   struct mapping_error *error);

#endif
