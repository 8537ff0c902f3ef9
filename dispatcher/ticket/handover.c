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
    const char *reason;                   /* for who is told */
};

static struct legacy remember(const struct life *l,
                              Dispatch__V1__TicketPart *part,
                              const char *reason)
{
    const Dispatch__V1__TicketClock *clock =
        deadline_find(l, part, CLOCK_RESOLUTION, NULL);
    struct legacy legacy = {.part = *part, .reason = reason};

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
            part_supervise(l, part);
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

/* That of the resolution: of several matters it may be another's. */
static uint32_t resolution_policy(const struct legacy *legacy,
                                  const struct taker *t)
{
    bool takes_over = t->policy_number == 0 && !t->no_policy;

    return takes_over && legacy->resolution.policy_number != 0
               ? legacy->resolution.policy_number
               : policy_number(legacy, t);
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

bool take_back(struct life *l, Dispatch__V1__TicketPart *from,
               const char *reason)
{
    Dispatch__V1__TicketPart *below = part_below(l, from);
    bool forwarded = below != NULL;

    while (below) {
        Dispatch__V1__TicketPart *next = part_below(l, below);

        if (below->role != ROLE_SUPERVISOR) {
            from->role = below->role;
            from->resolved_at = below->resolved_at;
            from->outcome = below->outcome;
        }
        from->attempt = below->attempt + 1;
        dispute_drop(l, below->department_id);
        part_remove(l, below);
        part_tell(l, below, TELL_WITHDRAWN, reason);
        deadlines_cancel(l, below);
        below = next;
    }
    parts_sort(l);
    return forwarded;
}

/* Whether the department holds already what it would take: then nothing
 * changes for it. */
static bool has_all(const struct legacy *legacy,
                    const Dispatch__V1__TicketPart *part, const struct taker *t,
                    int role)
{
    bool co_only = legacy->part.co_only;
    uint32_t has = co_only ? part_matters(part) : part_own_matters(part);

    if (part->role == ROLE_SUPERVISOR || (part->co_only && !co_only) ||
        (role == ROLE_LEAD && part->role != ROLE_LEAD))
        return false;
    return (t->matters & ~has) == 0;
}

/* Who returned an emergency and gets another part: what it returned is not
 * its any more. */
static void end_supervision(struct life *l, Dispatch__V1__TicketPart *part)
{
    if (!part->until_acknowledged)
        return;
    part->until_acknowledged = false;
    part->co_only = true;
    part_set_matters(l, part, 0, 0);
}

static void set_resolution(struct life *l, const struct legacy *legacy,
                           Dispatch__V1__TicketPart *part,
                           const struct taker *t);

/* What a department has from a forwarder is its own when it gets more: a
 * department has one part. The forwarders lose theirs. */
static void end_forwarding(struct life *l, Dispatch__V1__TicketPart *part,
                           const char *reason)
{
    const struct legacy legacy = remember(l, part, reason);
    const struct taker same = {.rule = ""};
    Dispatch__V1__TicketPart *above = part_above(l, part);

    if (!above)
        return;
    part->forwarded_by = output_text("");
    while (above) {
        Dispatch__V1__TicketPart *next = part_above(l, above);

        part_remove(l, above);
        part_tell(l, above, TELL_WITHDRAWN, reason);
        deadlines_cancel(l, above);
        above = next;
    }
    set_resolution(l, &legacy, part, &same);
}

/* A department that has a part already gets more to do, or the lead. What it
 * is here for first says by which rule it is here. */
static void enlarge(struct life *l, const struct legacy *legacy,
                    Dispatch__V1__TicketPart *part, const struct taker *t,
                    int role)
{
    bool leads = role == ROLE_LEAD && part->role != ROLE_LEAD;
    bool first = part->co_only && !legacy->part.co_only;

    end_forwarding(l, part, legacy->reason);
    end_supervision(l, part);
    if (leads || first || part->role == ROLE_SUPERVISOR) {
        if (role < (int)part->role)
            part->role = (Dispatch__V1__Role)role;
        part->rule = output_text(t->rule);
        part->fallback = t->fallback;
        part->policy_number = policy_number(legacy, t);
        part->lead_official =
            part_official(l, (int)part->role, t->official, t->department);
    }
    part->co_only = part->co_only && legacy->part.co_only;
    if (part->policy_number == 0 && !legacy->part.co_only)
        part->policy_number = policy_number(legacy, t);
    part->desk = part->desk || t->desk;
    part->may_not_return = part->may_not_return || t->desk ||
                           candidate_is_barred(l, t->department->id);
    /* What it resolved of its own stands where it only co-operates in more. */
    if (!legacy->part.co_only || part->co_only)
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

/* Under the same policy and calendar the resolution keeps its end; also where
 * the policy has no limit any more by which it could be counted anew. */
static bool goes_on(struct life *l, const struct legacy *legacy,
                    const Dispatch__V1__TicketPart *part,
                    const struct deadline_terms *terms)
{
    const struct calendar *cal = policy_calendar(
        l, policy_of(l, terms->policy_number), part->department_id);

    return terms->policy_number != 0 &&
           legacy->resolution.policy_number == terms->policy_number &&
           (terms->limit.unit == DURATION_NONE ||
            strcmp(legacy->resolution.calendar_id, calendar_id(cal)) == 0);
}

/* The resolution clock of a taker goes on as it was, or is counted anew from
 * requested_at, or, by its policy, from now. One that it has already stays
 * where it ends earlier. */
static void set_resolution(struct life *l, const struct legacy *legacy,
                           Dispatch__V1__TicketPart *part,
                           const struct taker *t)
{
    uint32_t number = resolution_policy(legacy, t);
    const Dispatch__V1__Policy *policy = policy_of(l, number);
    Dispatch__V1__TicketClock *own = deadline_of_part(part, CLOCK_RESOLUTION);
    struct deadline_terms terms =
        deadline_round_terms(l, number, CLOCK_RESOLUTION, life_urgency(l));
    bool restart = policy && policy->restart_on_reassign && !t->desk &&
                   terms.limit.unit != DURATION_NONE;

    if (legacy->part.co_only)
        return;
    if (!restart && goes_on(l, legacy, part, &terms)) {
        deadline_take(l, part, own, &legacy->resolution);
        return;
    }
    if (terms.limit.unit == DURATION_NONE)
        return;
    if (restart) {
        terms.started_at = l->at;
        terms.counted_from_at = l->at;
    }
    if (!own)
        deadline_start(l, part, CLOCK_RESOLUTION, &terms);
    else if (deadline_end_under(l, part, &terms) < own->due_at)
        deadline_restart(l, part, own, &terms);
}

/* The first response begins for a new lead that has not given it. */
static void begin_first_response(struct life *l, Dispatch__V1__TicketPart *part)
{
    const struct deadline_terms terms = deadline_round_terms(
        l, part->policy_number, CLOCK_FIRST_RESPONSE, life_urgency(l));

    if (terms.limit.unit != DURATION_NONE &&
        part_awaits_clock(l, part, CLOCK_FIRST_RESPONSE) &&
        !deadline_of_part(part, CLOCK_FIRST_RESPONSE))
        deadline_start(l, part, CLOCK_FIRST_RESPONSE, &terms);
}

/* Who holds already what it would take is told only of what a desk says or
 * must decide, and of what came back to it. NULL: it is no news for the taker,
 * or the arena is full. */
static Dispatch__V1__TicketPart *take(struct life *l, const struct handover *h,
                                      const struct legacy *legacy,
                                      struct taker *t, int role)
{
    Dispatch__V1__TicketPart *part = part_of(l, t->department->id);

    t->unchanged = part && has_all(legacy, part, t, role);
    if (t->unchanged)
        return t->desk || h->ruled || t->takes_back ? part : NULL;
    part = find_part(l, legacy, t, role);
    if (!part)
        return NULL;
    part_set_matters(l, part, part_matters(part) | t->matters,
                     part_own_matters(part) |
                         (legacy->part.co_only ? 0 : t->matters));
    set_resolution(l, legacy, part, t);
    return part;
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
static void take_back_all(struct life *l, struct handover *h)
{
    for (size_t i = 0; i < h->n_takers; i++) {
        Dispatch__V1__TicketPart *part =
            part_of(l, h->takers[i].department->id);

        h->takers[i].takes_back = part && take_back(l, part, h->reason);
    }
}

static bool takes_as_desk(const struct handover *h,
                          const Dispatch__V1__TicketPart *part)
{
    for (size_t i = 0; i < h->n_takers; i++) {
        if (h->takers[i].desk &&
            strcmp(h->takers[i].department->id, part->department_id) == 0)
            return true;
    }
    return false;
}

/* Tells each taker once, when all is in its place. */
static void tell_takers(struct life *l, const struct handover *h,
                        Dispatch__V1__TicketPart *const *parts)
{
    for (size_t i = 0; i < h->n_takers; i++) {
        if (parts[i] && !h->takers[i].unchanged)
            begin_first_response(l, parts[i]);
    }
    for (size_t i = 0; i < h->n_takers; i++) {
        if (parts[i] && !was_before(parts, i))
            part_tell(l, parts[i],
                      takes_as_desk(h, parts[i]) ? TELL_DISPUTED
                                                 : TELL_REASSIGNED,
                      h->reason);
    }
}

void hand_over(struct life *l, struct handover *h)
{
    const struct legacy legacy = remember(l, h->from, h->reason);
    Dispatch__V1__TicketPart *parts[HANDOVER_MAX];
    int role = (int)legacy.part.role;

    life_decided(l);
    withdraw(l, h);
    take_back_all(l, h);
    for (size_t i = 0; i < h->n_takers && !life_failed(l); i++) {
        parts[i] = take(l, h, &legacy, &h->takers[i], role);
        /* The department that leads may take further matters. */
        if (parts[i] && parts[i]->role == ROLE_LEAD)
            role = ROLE_CO_HANDLER;
    }
    if (life_failed(l))
        return;
    parts_sort(l);
    if (h->official[0] && parts[0])
        parts[0]->lead_official = output_text(h->official);
    tell_takers(l, h, parts);
    if (h->until_acknowledged)
        part_tell(l, h->from, TELL_REASSIGNED, h->reason);
}
