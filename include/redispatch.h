/*
 * Whether a ticket that a wrong catalogue dispatched would go elsewhere by the
 * catalogue of today, and whether it may be sent there without asking anyone.
 * Pure.
 *
 * Only the catalogue's own decisions are taken back. What people decided since
 * stays: where a desk ruled, a holder forwarded its part and so took it as its
 * own, or a department has already spoken with the citizen.
 */
#ifndef DISPATCHER_REDISPATCH_H
#define DISPATCHER_REDISPATCH_H

#include "dispatch.h"

#include <dispatch/v1/state.pb-c.h>
#include <stdint.h>

struct catalogue;

/* Of a ticket that would go elsewhere the first one that is true. */
enum redispatch_verdict {
    REDISPATCH_STAYS,    /* today's catalogue sends it where it is */
    REDISPATCH_DEADLINE, /* the same, but with another time limit */
    REDISPATCH_MOVES,    /* elsewhere */
    /* Elsewhere, but: */
    REDISPATCH_WITH_DESK, /* a desk has to decide, and the catalogue names who
                             returned it: no question of the catalogue */
    REDISPATCH_NOBODY,    /* whoever the catalogue names has returned it */
    REDISPATCH_RULED,     /* a desk sent it to who would lose it */
    REDISPATCH_FORWARDED, /* who would lose it has it from above */
    REDISPATCH_BEGUN,     /* who would lose it has contacted the citizen, or
                             has resolved it */
    REDISPATCH_VERDICTS,
};

/* "stays", "moves", ... for programs. */
const char *redispatch_name(enum redispatch_verdict verdict);

/* What each verdict means, for people: "a desk sent them there by hand". */
const char *redispatch_words(enum redispatch_verdict verdict);

/* Judges a ticket that is open and has parts. Of one that would go elsewhere
 * `plan` is what the catalogue decides for it now, without those who returned
 * it; without parts for REDISPATCH_NOBODY. */
enum redispatch_verdict redispatch_judge(const struct catalogue *cat,
                                         const Dispatch__V1__TicketState *state,
                                         int64_t now_ms,
                                         struct dispatch_plan *plan);

/* Event ids of such events begin so: what they set is the catalogue's own
 * decision, also when it is taken back once more. */
#define REDISPATCH_EVENT_PREFIX "redispatch/"

#endif
