/*
 * Events as one or a few lines for a person. Texts of others can do no harm on
 * a terminal.
 */
#ifndef DISPATCHER_EVENT_TEXT_H
#define DISPATCHER_EVENT_TEXT_H

#include <dispatch/v1/dispatch.pb-c.h>
#include <stdbool.h>
#include <stdio.h>

struct local_time;

/* "returned by gas (Li), from desk"; below, one line for each field that is
 * set, `indent` blanks further in. The citizen's contact only if
 * `contacts`. */
void event_print_input(FILE *out, const Dispatch__V1__TicketEvent *event,
                       const struct local_time *local, int indent,
                       bool contacts);

/* "REASSIGNED   gas as LEAD of matter 0, 1, rule bj|gas, ..."; its clocks are
 * told by deadline events. */
void event_print_assignment(FILE *out,
                            const Dispatch__V1__AssignmentEvent *msg);

/* "MET          resolution of gas, 2 h 10 min before 2019-11-08 ..." */
void event_print_deadline(FILE *out, const Dispatch__V1__DeadlineEvent *msg,
                          const struct local_time *local);

/* "first response", "resolution", or "clock". */
const char *event_clock_name(Dispatch__V1__Clock clock);

/* The name of an enum's value without the prefix; "?" for a number that the
 * schema does not have. */
const char *event_enum_name(const ProtobufCEnumDescriptor *type, int value);

/* What comes after the last slash of an event id <ticket_id>/<n>; 0: there is
 * no such number. */
unsigned long event_number(const char *event_id);

#endif
