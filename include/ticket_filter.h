/*
 * Which tickets a person means, by what is remembered of them. Pure.
 */
#ifndef DISPATCHER_TICKET_FILTER_H
#define DISPATCHER_TICKET_FILTER_H

#include "options.h"
#include "status.h"

#include <dispatch/v1/state.pb-c.h>
#include <stdbool.h>
#include <stdint.h>

/* What a ticket must be; all zero: open. Of a list any item is enough. */
struct ticket_filter {
    /* Paths, and what lies below them: one matter has both. */
    struct option_list categories;
    struct option_list areas;
    struct option_list departments; /* one that has a part of it */
    unsigned statuses;              /* bits of enum TicketStatus; 0: open */
    int64_t created_from;           /* 0: no limit */
    int64_t created_before;         /* 0: no limit */

    /* Of one of the departments above, if there are any. */
    bool fallback;
    bool not_acknowledged;
    bool overdue; /* a clock that runs was due before now_ms */

    bool disputed;
    bool paused;
    bool supervised;
    int64_t now_ms;
};

/* Adds a status by its name, in any case ("open"), or all of them ("all").
 * False: there is no such status. */
MUST_CHECK bool ticket_filter_add_status(struct ticket_filter *f,
                                         const char *name);

bool ticket_filter_matches(const struct ticket_filter *f,
                           const Dispatch__V1__TicketState *state);

/* The clock of this kind that runs or stands for a part: its own, or that of
 * who forwarded it; NULL: none. */
const Dispatch__V1__TicketClock *
ticket_clock_of(const Dispatch__V1__TicketState *state,
                const Dispatch__V1__TicketPart *part, Dispatch__V1__Clock kind);

/* Whether a desk must decide about the ticket. */
bool ticket_is_disputed(const Dispatch__V1__TicketState *state);

/* Whether a clock of any part is late. */
bool ticket_is_overdue(const Dispatch__V1__TicketState *state, int64_t now_ms);

/* The part of this department; NULL: it has none. */
const Dispatch__V1__TicketPart *
ticket_part_of(const Dispatch__V1__TicketState *state,
               const char *department_id);

#endif
