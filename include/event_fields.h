/*
 * The fields of a TicketEvent by reflection: a field that is added to the
 * schema needs no code here.
 */
#ifndef DISPATCHER_EVENT_FIELDS_H
#define DISPATCHER_EVENT_FIELDS_H

#include <dispatch/v1/dispatch.pb-c.h>
#include <jansson.h>
#include <stdbool.h>
#include <stdio.h>

struct local_time;

/* "returned"; "nothing" where no kind is set. */
const char *event_kind_name(const Dispatch__V1__TicketEvent *event);

/* One line for each field that is set, `indent` blanks in. The citizen's
 * contact only if `contacts`. */
void event_print_fields(FILE *out, const Dispatch__V1__TicketEvent *event,
                        const struct local_time *local, int indent,
                        bool contacts);

/* Takes the citizen's contact out of a record or a message, however deep. */
void contacts_remove(json_t *json);

#endif
