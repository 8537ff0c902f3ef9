/*
 * A part changes hands.
 *
 *   from (and who forwarded it): WITHDRAWN, CANCELLED for each clock
 *   each taker:                  REASSIGNED, SCHEDULED for each clock
 */
#include "handover.h"

#include "calendar.h"
#include "deadlines.h"
#include "parts.h"
#include "returns.h"

#include <string.h>

/* What of the part goes on with its next holders. */
struct legacy {
    Dispatch__V1__TicketPart part;        /* as it was */
    Dispatch__V1__TicketClock resolution; /* as it was; kind 0: none open */
};

static struct legacy remember(const struct life *l, const struct handover *h)
{
    const Dispatch__V1__TicketClock *clock =
        deadline_find(l, h->from, CLOCK_RESOLUTION, NULL);
    struct legacy legacy = {.part = *h->from};

    if (clock)
        legacy.resolution = *clock;
    return legacy;
}

/* The part and all that forwarded it lose it. Who returned an emergency stays
 * as a supervisor. */
static void withdraw(struct life *l, const struct handover *h)
{
    Dispatch__V1__TicketPart *part = h->from;

    while (part) {
        Dispatch__V1__TicketPart *above = part_above(l, part);
        bool stays = part == h->from && h->until_acknowledged;

        if (stays) {
            part->role = ROLE_SUPERVISOR;
            part->until_acknowledged = true;
            part->forwarded_by = output_text("");
        } else {
            part_remove(l, part);
            part_tell(l, part, TELL_WITHDRAWN, h->reason);
        }
        deadlines_cancel(l, part);
        part = above;
    }
}

static uint32_t policy_number(const struct legacy *legacy,
                              const struct taker *t)
{
    /* A department without a matching route takes over the policy. */
    return t->policy_number || t->no_policy ? t->policy_number
                                            : legacy->part.policy_number;
}

static Dispatch__V1__TicketPart *new_part(struct life *l,
                                          const struct legacy *legacy,
                                          const struct taker *t, int role)
{
    Dispatch__V1__TicketPart *part = part_add(l, t->department, role);

    if (!part)
        return NULL;
    part->co_only = legacy->part.co_only;
    part->rule = output_text(t->rule);
    part->fallback = t->fallback;
    part->policy_number = policy_number(legacy, t);
    part->attempt = legacy->part.attempt + 1;
    part->lead_official = part_official(l, role, t->official, t->department);
    part->desk = t->desk;
    part->may_not_return = t->desk || candidate_is_barred(l, t->department->id);
    return part;
}

void take_back(struct life *l, Dispatch__V1__TicketPart *from,
               const char *reason)
{
    Dispatch__V1__TicketPart *below = part_below(l, from);

    while (below) {
        Dispatch__V1__TicketPart *next = part_below(l, below);

        if (below->role != ROLE_SUPERVISOR)
            from->role = below->role;
        dispute_drop(l, below->department_id);
        part_remove(l, below);
        part_tell(l, below, TELL_WITHDRAWN, reason);
        deadlines_cancel(l, below);
        below = next;
    }
    parts_sort(l);
}

/* A department that has a part already gets more to do, or the lead. */
static void enlarge(struct life *l, const struct legacy *legacy,
                    Dispatch__V1__TicketPart *part, const struct taker *t,
                    int role)
{
    if (role == ROLE_LEAD || part->role == ROLE_SUPERVISOR) {
        part->role = (Dispatch__V1__Role)role;
        part->policy_number = policy_number(legacy, t);
        part->lead_official =
            part_official(l, role, t->official, t->department);
    }
    part->co_only = part->co_only && legacy->part.co_only;
    part->until_acknowledged = false;
    part->resolved_at = 0;
    if (part->attempt <= legacy->part.attempt)
        part->attempt = legacy->part.attempt + 1;
}

static Dispatch__V1__TicketPart *find_part(struct life *l,
                                           const struct legacy *legacy,
                                           const struct taker *t, int role)
{
    Dispatch__V1__TicketPart *part = part_of(l, t->department->id);

    if (part)
        enlarge(l, legacy, part, t, role);
    else
        part = new_part(l, legacy, t, role);
    if (part && part->returns_used < legacy->part.returns_used)
        part->returns_used = legacy->part.returns_used;
    return part;
}

/* The resolution clock of a taker goes on as it was under the same policy and
 * calendar; else it is counted anew from requested_at. */
static void set_resolution(struct life *l, const struct legacy *legacy,
                           Dispatch__V1__TicketPart *part, uint32_t number)
{
    const Dispatch__V1__Policy *policy = policy_of(l, number);
    Dispatch__V1__TicketClock *own = deadline_of_part(part, CLOCK_RESOLUTION);
    struct deadline_terms terms =
        deadline_round_terms(l, number, CLOCK_RESOLUTION, life_urgency(l));
    bool restart = policy && policy->restart_on_reassign && !part->desk;

    if (terms.limit.unit == DURATION_NONE || part->co_only)
        return;
    if (restart) {
        terms.started_at = l->at;
        terms.counted_from_at = l->at;
    }
    if (own) {
        if (deadline_end_under(l, part, &terms) < own->due_at)
            deadline_restart(l, part, own, &terms);
        return;
    }
    if (!restart && legacy->resolution.policy_number == number &&
        strcmp(legacy->resolution.calendar_id,
               calendar_id(policy_calendar(l, policy, part->department_id))) ==
            0)
        deadline_take(l, part, &legacy->resolution);
    else
        deadline_start(l, part, CLOCK_RESOLUTION, &terms);
}

static Dispatch__V1__TicketPart *take(struct life *l,
                                      const struct legacy *legacy,
                                      const struct taker *t, int role)
{
    Dispatch__V1__TicketPart *part = find_part(l, legacy, t, role);

    if (!part)
        return NULL;
    part_set_matters(l, part, part_matters(part) | t->matters);
    set_resolution(l, legacy, part, policy_number(legacy, t));
    return part;
}

/* The first response begins anew for a new lead. */
static void begin_first_response(struct life *l, Dispatch__V1__TicketPart *part)
{
    const struct deadline_terms terms = deadline_round_terms(
        l, part->policy_number, CLOCK_FIRST_RESPONSE, life_urgency(l));

    if (terms.limit.unit != DURATION_NONE && part->role == ROLE_LEAD &&
        !part->desk && !deadline_of_part(part, CLOCK_FIRST_RESPONSE))
        deadline_start(l, part, CLOCK_FIRST_RESPONSE, &terms);
}

static bool was_before(Dispatch__V1__TicketPart *const *list, size_t i)
{
    for (size_t j = 0; j < i; j++) {
        if (list[j] == list[i])
            return true;
    }
    return false;
}

/* What a taker has forwarded comes back to it first: a department has one
 * part, and one role. */
static void take_back_all(struct life *l, const struct handover *h)
{
    for (size_t i = 0; i < h->n_takers; i++) {
        Dispatch__V1__TicketPart *part =
            part_of(l, h->takers[i].department->id);

        if (part)
            take_back(l, part, h->reason);
    }
}

void hand_over(struct life *l, struct handover *h)
{
    const struct legacy legacy = remember(l, h);
    Dispatch__V1__TicketPart *parts[HANDOVER_MAX];
    int role = (int)legacy.part.role;

    life_decided(l);
    withdraw(l, h);
    take_back_all(l, h);
    for (size_t i = 0; i < h->n_takers; i++) {
        parts[i] = take(l, &legacy, &h->takers[i], role);
        if (!parts[i])
            return;
        /* The department that leads may take further matters. */
        if (parts[i]->role == ROLE_LEAD)
            role = ROLE_CO_HANDLER;
    }
    parts_sort(l);
    if (h->official[0])
        parts[0]->lead_official = output_text(h->official);
    for (size_t i = 0; i < h->n_takers; i++) {
        if (was_before(parts, i))
            continue;
        begin_first_response(l, parts[i]);
        part_tell(l, parts[i],
                  h->takers[i].desk ? TELL_DISPUTED : TELL_REASSIGNED,
                  h->reason);
    }
    if (h->until_acknowledged)
        part_tell(l, h->from, TELL_REASSIGNED, h->reason);
}
