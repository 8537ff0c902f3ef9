/*
 * Whether an input has been here before.
 */
#ifndef DISPATCHER_TICKET_REPEATS_H
#define DISPATCHER_TICKET_REPEATS_H

#include "life.h"

/* Among the last TICKET_RECENT_INPUTS of the ticket. */
bool repeats_has(const Dispatch__V1__TicketState *state,
                 const Dispatch__V1__TicketEvent *event);

/* Remembers the event of this step, and forgets the oldest. */
void repeats_add(struct life *l);

#endif
