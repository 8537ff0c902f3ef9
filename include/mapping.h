/*
 * From a row of somebody's CSV to a TicketEvent: which columns fill which
 * fields.
 *
 *   [source]
 *   name = nyc311
 *   zone = America/New_York
 *   time_format = %m/%d/%y %H:%M
 *   [fields]
 *   ticket_id = NYC-{Unique Key}
 *   occurred_at = {Created Date}
 *   created.area = new-york/{Borough}
 *   created.matters.0.category = {Complaint Type}/{Descriptor}
 *   created.channel = {Open Data Channel Type|lower}
 *
 * docs/dispatchctl.md has the rules. No I/O but the zone's file.
 */
#ifndef DISPATCHER_MAPPING_H
#define DISPATCHER_MAPPING_H

#include "rows.h"
#include "status.h"

#include <jansson.h>
#include <protobuf-c/protobuf-c.h>
#include <stdbool.h>

struct mapping;

/* What is wrong: with the mapping, or with one row. */
enum { MAPPING_WHY_SIZE = 512 };
struct mapping_error {
    int line;                       /* of the mapping; 0: no line of it */
    char where[160];                /* the column or the field; "": neither */
    char message[MAPPING_WHY_SIZE]; /* what is wrong and what to do */
};

/* Reads the text of a mapping file. NULL with *error set when it is wrong. */
MUST_CHECK struct mapping *mapping_parse(const char *text,
                                         const ProtobufCMessageDescriptor *type,
                                         struct mapping_error *error);

/* The mapping of a CSV whose columns have the names of the fields. */
MUST_CHECK struct mapping *
mapping_of_header(const struct row *header,
                  const ProtobufCMessageDescriptor *type,
                  struct mapping_error *error);

void mapping_free(struct mapping **mapping);

/* Finds the mapping's columns in a file's first row. False with *error set
 * when one is not there and is not marked as optional. */
MUST_CHECK bool mapping_bind(struct mapping *mapping, const struct row *header,
                             struct mapping_error *error);

/* Makes the JSON of one row, for message_json_read: only what the row fills.
 * NULL with *error set when the row is wrong. A new reference. */
MUST_CHECK json_t *mapping_apply(const struct mapping *mapping,
                                 const struct row *row,
                                 struct mapping_error *error);

/* What fills the field at this path of message_json_error, as the mapping
 * has it: "{Created Date}"; "" when nothing does. */
const char *mapping_template(const struct mapping *mapping, const char *path);

#endif
