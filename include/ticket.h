/*
 * The life of one ticket, from `created` to its end (docs/rules.md).
 *
 * Pure: no I/O, no clock of the machine, no log. The state is what
 * schemas/dispatch/v1/state.proto says; it is not changed in place: a call
 * leaves the old one as it was and gives a new one, both in the arena of the
 * outputs, so that whoever keeps states decides when the new one counts.
 *
 *   (state, event) -> (state, outputs)      ticket_apply
 *   (state, time)  -> (state, outputs)      ticket_fire
 */
#ifndef DISPATCHER_TICKET_H
#define DISPATCHER_TICKET_H

#include "output.h"
#include "reject.h"
#include "status.h"

#include <dispatch/v1/dispatch.pb-c.h>
#include <dispatch/v1/state.pb-c.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct catalogue;

enum {
    TICKET_FORMAT_VERSION = 1, /* of TicketState */
    TICKET_RECENT_INPUTS = 64, /* within which a repeat is noticed */
    TICKET_MAX_RETURNS = 32,   /* that outputs list; older ones are left out */
    TICKET_ROOM = 4096,        /* a state stays so far below the largest
                                  output: all that is made from it fits */
};

/* What a decision depends on beside the event and the state. All borrowed. */
struct ticket_context {
    const struct catalogue *catalogue; /* NULL only in ticket_fire */
    const char *ticket_id;             /* the key of the state */
    /* Kafka's, of the record; in ticket_recalendar the moment at which the
     * new calendar is applied. Negative: the record has none. */
    int64_t timestamp_ms;
    /* How far the partition has come: the latest timestamp read. */
    int64_t now_ms;
    int64_t retention_ms; /* state.closed.retention */
    /* The state is a copy that the caller can do without: it is changed in
     * place, and after a failure is worth nothing. REJECT_WRONG_STATE then
     * adds no REFUSED; to get it, call again with a good copy and without
     * this. */
    bool in_place;
};

/* Applies one checked event (decode.h). *state is NULL for an unknown ticket.
 * First whatever was due before the event happened fires, so that a ticket's
 * outputs do not depend on how late its timers are.
 *
 * REJECT_NONE: *state is the new state and the outputs are added. With
 * *repeat set both are as before: the event has been here.
 *
 * REJECT_WRONG_STATE: the event is a dead letter, and if a department sent it
 * its REFUSED is added to the outputs; *state then differs by `sequence`
 * alone. Both must be kept together, as after REJECT_NONE.
 *
 * Any other code: *state and the outputs are as before; *r says why. */
MUST_CHECK enum reject_code ticket_apply(const struct ticket_context *ctx,
                                         const Dispatch__V1__TicketEvent *event,
                                         Dispatch__V1__TicketState **state,
                                         struct outputs *out, bool *repeat,
                                         struct reject *r);

/* When ticket_fire has something to do next; INT64_MAX: never. */
int64_t ticket_next_due(const Dispatch__V1__TicketState *state);

/* Fires everything due at or before until_ms, in the order of due times; an
 * output's occurred_at is its due time. *state becomes the new state, or NULL
 * when the ticket is to be forgotten. Needs no catalogue; without one a
 * department's own topic gets no copy of CLOSED.
 *
 * Fails, with all as before, only when the arena is full. */
MUST_CHECK enum reject_code ticket_fire(const struct ticket_context *ctx,
                                        Dispatch__V1__TicketState **state,
                                        int64_t until_ms, struct outputs *out);

/* Whether a calendar that an open clock depends on has changed. */
bool ticket_needs_recalendar(const struct catalogue *cat,
                             const Dispatch__V1__TicketState *state);

/* Computes the open clocks whose calendar changed anew; RESCHEDULED where
 * that moves the end. A catalogue older than the state's changes nothing.
 * Fails as ticket_fire. */
MUST_CHECK enum reject_code ticket_recalendar(const struct ticket_context *ctx,
                                              Dispatch__V1__TicketState **state,
                                              struct outputs *out);

/* The department that acts: the message's own, else the event's; "": a desk, or
 * whoever leads. Lives as long as the event. */
const char *ticket_actor(const Dispatch__V1__TicketEvent *event);

/* Whether an event with this source and event_id is among the last inputs of
 * the ticket: another one would be a repeat. */
bool ticket_has_input(const Dispatch__V1__TicketState *state,
                      const Dispatch__V1__TicketEvent *event);

/* What an event of this kind does to a ticket in this status, by name:
 * "returned", "repeat", "wrong_state", ...; TICKET_STATUS_UNSPECIFIED stands
 * for an unknown ticket. NULL: there is no such kind. */
const char *ticket_action_name(Dispatch__V1__TicketStatus status,
                               Dispatch__V1__TicketEvent__KindCase kind);

#endif
