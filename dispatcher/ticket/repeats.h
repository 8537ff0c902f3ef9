/*
 * Which inputs have been here; ticket_has_input (ticket.h) asks for one.
 */
#ifndef DISPATCHER_TICKET_REPEATS_H
#define DISPATCHER_TICKET_REPEATS_H

#include "life.h"

/* Remembers the event of this step, and forgets the oldest. */
void repeats_add(struct life *l);

#endif
