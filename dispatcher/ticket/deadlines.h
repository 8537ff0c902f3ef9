/*
 * The clocks of a ticket's parts: when they end, warn and escalate, and what
 * is told of them.
 *
 * A part that was forwarded has no clocks: those of the department that
 * forwarded it go on ("no clock changes"). So who acts on a clock looks for it
 * up the chain of forwarders.
 */
#ifndef DISPATCHER_TICKET_DEADLINES_H
#define DISPATCHER_TICKET_DEADLINES_H

#include "life.h"

/* Running or paused. */
bool deadline_is_open(const Dispatch__V1__TicketClock *clock);

/* The open clock of a part itself; NULL: none. */
Dispatch__V1__TicketClock *
deadline_of_part(const Dispatch__V1__TicketPart *part, enum clock_kind kind);

/* The open clock that runs for a part: its own, or that of who forwarded it.
 * *owner (may be NULL) is the part that has it. */
Dispatch__V1__TicketClock *deadline_find(const struct life *l,
                                         Dispatch__V1__TicketPart *part,
                                         enum clock_kind kind,
                                         Dispatch__V1__TicketPart **owner);

/* How a clock is to be set. */
struct deadline_terms {
    uint32_t policy_number;
    struct duration limit;
    int64_t started_at;
    int64_t counted_from_at; /* started_at, later by past pauses */
    int64_t paused_ms;       /* over those */
};

/* A new running clock of the part. It is told by deadlines_tell. */
void deadline_start(struct life *l, Dispatch__V1__TicketPart *part,
                    enum clock_kind kind, const struct deadline_terms *terms);

/* The terms of a part's clock in the present round: from its beginning (a
 * first response from now on), later by the time it was paused. Limit
 * DURATION_NONE: no such clock. */
struct deadline_terms deadline_round_terms(const struct life *l,
                                           uint32_t policy_number,
                                           enum clock_kind kind,
                                           enum urgency urgency);

/* Starts the clocks that a part has to have and has not. */
void deadlines_begin(struct life *l, Dispatch__V1__TicketPart *part);

/* Goes on with a resolution that another part had: its end, pauses and
 * extensions stay; who is told does not. `own` (NULL: none) is the part's
 * clock, which stays if it ends earlier. */
void deadline_take(struct life *l, Dispatch__V1__TicketPart *part,
                   Dispatch__V1__TicketClock *own,
                   const Dispatch__V1__TicketClock *from);

/* Sets an open clock to new terms; RESCHEDULED where that is another end, or
 * another policy. */
void deadline_restart(struct life *l, Dispatch__V1__TicketPart *part,
                      Dispatch__V1__TicketClock *clock,
                      const struct deadline_terms *terms);

/* When a clock of this part would end under these terms. */
int64_t deadline_end_under(const struct life *l,
                           const Dispatch__V1__TicketPart *part,
                           const struct deadline_terms *terms);

/* The time of a clock between two moments: working time, or any. */
int64_t deadline_counted_ms(const struct life *l,
                            const Dispatch__V1__TicketClock *clock,
                            int64_t from, int64_t to);

/* The clock's calendar as it is now; one that the catalogue has lost counts as
 * 24x7. */
const struct calendar *
deadline_calendar(const struct life *l, const Dispatch__V1__TicketClock *clock);

/* Finds warnings and escalations anew for the end as it is. */
void deadline_plan(struct life *l, const Dispatch__V1__TicketPart *part,
                   Dispatch__V1__TicketClock *clock);

/* Computes end, warnings and escalations anew from the clock's own figures,
 * by the calendar as it is now. */
void deadline_compute(struct life *l, const Dispatch__V1__TicketPart *part,
                      Dispatch__V1__TicketClock *clock);

/* Why the clock is due when it is, in the language of the outputs; NULL where a
 * pause or an extension had a part in it. */
const char *deadline_explain(struct life *l,
                             const Dispatch__V1__TicketClock *clock);

/* The clock was set: tell it after its department has heard of the ticket. */
void deadline_set(struct life *l, const Dispatch__V1__TicketPart *part,
                  const Dispatch__V1__TicketClock *clock, int kind);

/* Tells the clocks of `part` that were set; those of all parts for NULL. */
void deadlines_tell(struct life *l, const Dispatch__V1__TicketPart *part);

/* What a DeadlineEvent says beyond its clock. */
struct deadline_note {
    uint32_t level;
    const char *escalate_to; /* NULL: nobody */
    int64_t late_ms;
    const char *explanation; /* NULL: none */
};
void deadline_tell(struct life *l, const Dispatch__V1__TicketPart *part,
                   const Dispatch__V1__TicketClock *clock, int kind,
                   const struct deadline_note *note);

/* Ends the open clocks of a kind up the chain of forwarders: MET. */
void deadline_meet(struct life *l, Dispatch__V1__TicketPart *part,
                   enum clock_kind kind);

/* CANCELLED, if the part itself has such an open clock; for each of them. */
void deadline_cancel(struct life *l, Dispatch__V1__TicketPart *part,
                     enum clock_kind kind);
void deadlines_cancel(struct life *l, Dispatch__V1__TicketPart *part);

/* The ticket became more urgent: the limits of its urgency count from now,
 * and never move an end later. */
void deadlines_hurry(struct life *l);

#endif
