/*
 * What is remembered of a ticket, for a person.
 */
#ifndef DISPATCHER_STATE_TEXT_H
#define DISPATCHER_STATE_TEXT_H

#include <dispatch/v1/state.pb-c.h>
#include <stdint.h>
#include <stdio.h>

struct local_time;

/* Who holds what now, and what the clocks do; several lines. */
void state_print(FILE *out, const Dispatch__V1__TicketState *state,
                 const struct local_time *local, int64_t now_ms);

#endif
