/*
 * A part changes hands: who loses it, who takes which of its matters, and
 * what becomes of the clocks.
 */
#ifndef DISPATCHER_TICKET_HANDOVER_H
#define DISPATCHER_TICKET_HANDOVER_H

#include "dispatch.h"
#include "life.h"

enum { HANDOVER_MAX = 17 }; /* 16 matters, or one that stands for none */

/* Who takes some matters, and by what right. */
struct taker {
    const struct department *department;
    const char *rule; /* "": none */
    bool fallback;
    bool desk;              /* the dispute department, for want of others */
    uint32_t policy_number; /* 0: that of the part before it */
    bool no_policy;         /* 0 means that there is none */
    const char *official;   /* of the route; "": none */
    uint32_t matters;       /* bits */
    /* Set by hand_over: what it had forwarded comes back to it; it had all of
     * this before. */
    bool takes_back;
    bool unchanged;
};

struct handover {
    Dispatch__V1__TicketPart *from;
    struct taker takers[HANDOVER_MAX]; /* a department may come repeatedly */
    size_t n_takers;
    bool until_acknowledged; /* `from` answers until the next acknowledges */
    bool ruled;              /* a desk says so: who it names is told */
    const char *official;    /* named for this handover; "": none */
    const char *reason;
};

/* Moves the part, and whoever forwarded it loses it too. Each of the takers
 * is told; the first one leads if the part was the lead's. */
void hand_over(struct life *l, struct handover *h);

/* A department that forwarded its part has it again; whoever had it from there
 * loses it. False: it was not forwarded, nothing happens. */
bool take_back(struct life *l, Dispatch__V1__TicketPart *from,
               const char *reason);

/* In the next four `matter` is an index; 0 also stands for a ticket that has
 * no matters (candidates.c). */

/* Whether the department is a candidate for a matter: a rule that holds names
 * it, an area up the path does, or it is above one of those. */
bool candidate_is(const struct life *l, const struct department *department,
                  uint32_t matter);

/* The best rule's, else the fallback's department that has not returned the
 * ticket. False: nobody is left. */
bool candidate_next(struct life *l, uint32_t matter, struct taker *out);

/* What a rule says of this department for a matter; without a rule for it the
 * taker has no policy of its own. */
void candidate_terms(struct life *l, const struct department *department,
                     uint32_t matter, struct taker *out);

/* Whether the department returned the ticket since it was last reclassified. */
bool candidate_is_barred(const struct life *l, const char *department_id);

#endif
