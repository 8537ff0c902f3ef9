/*
 * From a dispatch plan to parts: when a ticket is created or reclassified.
 */
#ifndef DISPATCHER_TICKET_PLAN_H
#define DISPATCHER_TICKET_PLAN_H

#include "dispatch.h"
#include "life.h"

/* Decides who gets the ticket as its content is now; NULL, and failed, when
 * nobody does. */
struct dispatch_plan *plan_ticket(struct life *l,
                                  const struct dispatch_terms *terms);

/* Role, rule, official, policy and matters as planned. */
void plan_fill_part(struct life *l, const struct dispatch_part *from,
                    Dispatch__V1__TicketPart *part);

/* Starts the clock that was planned, if there is one. */
void plan_start_clock(struct life *l, const struct dispatch_part *from,
                      Dispatch__V1__TicketPart *part, enum clock_kind kind);

#endif
