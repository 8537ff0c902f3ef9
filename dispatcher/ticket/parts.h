/*
 * Who holds what of a ticket: one part for each department, the lead first,
 * supervisors last; and what departments are told.
 */
#ifndef DISPATCHER_TICKET_PARTS_H
#define DISPATCHER_TICKET_PARTS_H

#include "life.h"

struct dispatch_decision;

/* NULL: the department has no part. */
Dispatch__V1__TicketPart *part_of(const struct life *l,
                                  const char *department_id);

/* The first part; NULL when there is none. */
Dispatch__V1__TicketPart *part_lead(const struct life *l);

/* The part that forwarded this one, and the one that this forwarded; NULL:
 * none. */
Dispatch__V1__TicketPart *part_above(const struct life *l,
                                     const Dispatch__V1__TicketPart *part);
Dispatch__V1__TicketPart *part_below(const struct life *l,
                                     const Dispatch__V1__TicketPart *part);

/* Who holds what the department of `part` has forwarded, or the part itself;
 * NULL: it only supervises. */
Dispatch__V1__TicketPart *part_holder(const struct life *l,
                                      Dispatch__V1__TicketPart *part);

/* Who returned an emergency answers for it until the next acknowledges. */
void part_supervise(struct life *l, Dispatch__V1__TicketPart *part);

/* A new part at the end of the list; NULL when the arena is full. */
Dispatch__V1__TicketPart *
part_add(struct life *l, const struct department *department, int role);
void part_remove(struct life *l, const Dispatch__V1__TicketPart *part);

/* Puts the lead first and supervisors last. */
void parts_sort(struct life *l);

/* Bit i: matter i. Those of its own are among its matters. */
uint32_t part_matters(const Dispatch__V1__TicketPart *part);
uint32_t part_own_matters(const Dispatch__V1__TicketPart *part);
void part_set_matters(struct life *l, Dispatch__V1__TicketPart *part,
                      uint32_t matters, uint32_t own);

/* The matters that must find another when this department leaves: its own, or
 * all where it is there only as co-handler. */
uint32_t part_duties(const Dispatch__V1__TicketPart *part);

/* Whether `part` answers now for what `returner` returned. */
bool part_answers_for(const Dispatch__V1__TicketPart *part,
                      const Dispatch__V1__TicketPart *returner);

/* Whether the ticket waits for this part's `resolved`: the lead's, and that of
 * each department with a resolution clock. */
bool part_is_awaited(const struct life *l, Dispatch__V1__TicketPart *part);

/* Whether a clock of this kind would run for the part if it had a limit. */
bool part_awaits_clock(const struct life *l, Dispatch__V1__TicketPart *part,
                       enum clock_kind kind);

/* Who answers for a part: as the rules name the official. */
char *part_official(struct life *l, int role, const char *route_official,
                    const struct department *department);

/* Tells a department about its part; then the clocks of it that were set. */
void part_tell(struct life *l, Dispatch__V1__TicketPart *part, int kind,
               const char *reason);

/* Tells each department but the one that acts. */
void parts_tell_others(struct life *l, int kind, const char *reason);

/* As above, UPDATED: "<what>" or "<what>: <text>". */
void parts_tell_updated(struct life *l, const char *what, const char *text);

/* An event for a department without a part: a dispute's desk. */
void department_tell(struct life *l, const struct department *department,
                     int kind, uint32_t matters, const char *reason);

/* REFUSED to the department that sent the event, without any content. */
void department_refuse(struct life *l, const struct department *department,
                       const char *reason);

#endif
