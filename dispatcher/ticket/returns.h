/*
 * Returns and disputes, as the state keeps them.
 */
#ifndef DISPATCHER_TICKET_RETURNS_H
#define DISPATCHER_TICKET_RETURNS_H

#include "life.h"

/* The dispute department; NULL, and failed, when the catalogue has none. */
const struct department *dispute_department(struct life *l);

/* Keeps the event's return, for later holders to see. */
void returns_note(struct life *l, const Dispatch__V1__TicketPart *part);

/* Never gives the ticket to this department again, but by a desk. */
void returns_bar(struct life *l, const Dispatch__V1__TicketPart *part);

/* The holder keeps ticket and clocks; the dispute department is asked. */
void dispute_raise(struct life *l, const Dispatch__V1__TicketPart *part,
                   const char *reason);

/* The dispute that this department raised; NULL: none. */
const Dispatch__V1__TicketDispute *dispute_of(const struct life *l,
                                              const char *department_id);

/* Forgets the dispute that this department raised. */
void dispute_drop(struct life *l, const char *department_id);

#endif
