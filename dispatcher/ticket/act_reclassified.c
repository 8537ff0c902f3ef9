/*
 * reclassified: area, matters or urgency were corrected. Where the place or a
 * category changed the ticket is dispatched anew; who stays keeps its first
 * response. An event that names none of the three asks for the catalogue of
 * today: the ticket is dispatched anew as it is, but not to who returned it.
 */
#include "actions.h"
#include "deadlines.h"
#include "parts.h"
#include "plan.h"

#include <string.h>

static bool matter_differs(const Dispatch__V1__Matter *a,
                           const Dispatch__V1__Matter *b)
{
    return strcmp(a->category, b->category) != 0 ||
           strcmp(a->category_scheme, b->category_scheme) != 0 ||
           strcmp(a->area, b->area) != 0;
}

/* Whether area or a category change; the content is then as the event has
 * it. */
static bool change_content(struct life *l)
{
    const Dispatch__V1__TicketReclassified *event = l->event->reclassified;
    Dispatch__V1__TicketCreated *ticket = l->state->ticket;
    bool changed = false;

    if (event->area[0]) {
        changed = strcmp(event->area, ticket->area) != 0;
        ticket->area = event->area;
    }
    if (event->n_matters > 0) {
        changed |= event->n_matters != ticket->n_matters;
        for (size_t i = 0; i < event->n_matters && !changed; i++)
            changed = matter_differs(event->matters[i], ticket->matters[i]);
        ticket->matters = event->matters;
        ticket->n_matters = event->n_matters;
    }
    life_content_changed(l);
    return changed;
}

/* The clocks of a part that the plan keeps. FIRST_RESPONSE goes on; RESOLUTION
 * is counted anew, under the new route's policy. */
static void replan_clocks(struct life *l, const struct dispatch_part *from,
                          Dispatch__V1__TicketPart *part)
{
    const struct clock_plan *planned = &from->clocks[CLOCK_RESOLUTION];
    Dispatch__V1__TicketClock *clock = deadline_of_part(part, CLOCK_RESOLUTION);
    struct deadline_terms terms;

    if (part_awaits_clock(l, part, CLOCK_FIRST_RESPONSE) &&
        !deadline_of_part(part, CLOCK_FIRST_RESPONSE))
        plan_start_clock(l, from, part, CLOCK_FIRST_RESPONSE);
    if (!clock || !planned->exists) {
        if (part_awaits_clock(l, part, CLOCK_RESOLUTION))
            plan_start_clock(l, from, part, CLOCK_RESOLUTION);
        return;
    }
    terms = deadline_round_terms(l, policy_keep(l, planned->policy),
                                 CLOCK_RESOLUTION, life_urgency(l));
    if (terms.policy_number == clock->policy_number &&
        deadline_end_under(l, part, &terms) == clock->due_at)
        return;
    deadline_restart(l, part, clock, &terms);
}

/* Clocks that the part is no longer entitled to. */
static void cancel_surplus(struct life *l, const struct dispatch_part *from,
                           Dispatch__V1__TicketPart *part)
{
    for (enum clock_kind kind = 0; kind < CLOCKS; kind++) {
        Dispatch__V1__TicketClock *clock = deadline_of_part(part, kind);
        bool keeps = kind == CLOCK_RESOLUTION
                         ? from->clocks[kind].exists
                         : from->role == (Dispatch__V1__Role)ROLE_LEAD;

        if (!clock || keeps)
            continue;
        clock->state = CLOCK_CANCELLED;
        deadline_tell(l, part, clock, DEADLINE_CANCELLED, NULL);
    }
}

/* The department of the plan already has a part. What it forwarded stays
 * forwarded; the one below has the planned role and matters. */
static int keep_part(struct life *l, const struct dispatch_part *from,
                     Dispatch__V1__TicketPart *part)
{
    Dispatch__V1__TicketPart *below = part_below(l, part);
    bool was_answerable = !part->until_acknowledged && !part->desk;
    bool same = part->role == from->role && was_answerable;

    cancel_surplus(l, from, part);
    part->until_acknowledged = false;
    part->desk = false;
    part->may_not_return = false;
    plan_fill_part(l, from, part);
    if (below) {
        same = below->role == from->role;
        part->role = ROLE_SUPERVISOR;
    }
    for (; below; below = part_below(l, below)) {
        if (below->role == ROLE_SUPERVISOR)
            continue;
        below->role = from->role;
        below->may_not_return = false;
        part_set_matters(l, below, from->matters);
    }
    replan_clocks(l, from, part);
    return same ? TELL_UPDATED : TELL_REASSIGNED;
}

static int new_part(struct life *l, const struct dispatch_part *from,
                    uint32_t attempt, uint32_t returns_used)
{
    Dispatch__V1__TicketPart *part = part_add(l, from->department, from->role);

    if (!part)
        return TELL_REASSIGNED;
    plan_fill_part(l, from, part);
    part->attempt = attempt + 1;
    part->returns_used = returns_used;
    for (enum clock_kind kind = 0; kind < CLOCKS; kind++)
        plan_start_clock(l, from, part, kind);
    return TELL_REASSIGNED;
}

static bool plan_names(const struct dispatch_plan *plan,
                       const char *department_id)
{
    for (size_t i = 0; i < plan->n_parts; i++) {
        if (strcmp(plan->parts[i].department->id, department_id) == 0)
            return true;
    }
    return false;
}

/* A part stays if the plan names its department or, up the chain of
 * forwarders, one that it has the part from. */
static bool stays(const struct life *l, const struct dispatch_plan *plan,
                  const Dispatch__V1__TicketPart *part)
{
    for (; part; part = part_above(l, part)) {
        if (plan_names(plan, part->department_id))
            return true;
    }
    return false;
}

/* Whom the plan names holds its part in its own right from now on. */
static void end_forwarding(struct life *l, const struct dispatch_plan *plan)
{
    for (size_t i = 0; i < plan->n_parts; i++) {
        Dispatch__V1__TicketPart *part =
            part_of(l, plan->parts[i].department->id);

        if (part)
            part->forwarded_by = output_text("");
    }
}

static void withdraw_losers(struct life *l, const struct dispatch_plan *plan)
{
    Dispatch__V1__TicketState *state = l->state;
    Dispatch__V1__TicketPart **losers =
        life_alloc(l, state->n_parts * sizeof(*losers));
    size_t n = 0;

    for (size_t i = 0; losers && i < state->n_parts; i++) {
        if (!stays(l, plan, state->parts[i]))
            losers[n++] = state->parts[i];
    }
    for (size_t i = 0; i < n; i++) {
        part_remove(l, losers[i]);
        part_tell(l, losers[i], TELL_WITHDRAWN, "reclassified");
        deadlines_cancel(l, losers[i]);
    }
}

/* What a kept part's department and those below it are told. */
static void tell_chain(struct life *l, Dispatch__V1__TicketPart *part, int kind)
{
    for (; part; part = part_below(l, part))
        part_tell(l, part, kind, "reclassified");
}

static void redispatch(struct life *l)
{
    const struct dispatch_terms terms = {
        .occurred_at = l->at,
        .requested_at = l->state->round_started_at,
        .assigned_at = l->at,
        .now = l->now,
        .excluded = l->state->barred_department_ids,
        .n_excluded = l->state->n_barred_department_ids,
    };
    const struct dispatch_plan *plan = plan_ticket(l, &terms);
    const Dispatch__V1__TicketPart lead = *part_lead(l);
    int *kinds = plan ? life_alloc(l, plan->n_parts * sizeof(*kinds)) : NULL;

    if (!kinds)
        return;
    pause_end(l);
    life_decided(l);
    l->state->n_disputes = 0;
    end_forwarding(l, plan);
    withdraw_losers(l, plan);
    for (size_t i = 0; i < plan->n_parts; i++) {
        const struct dispatch_part *from = &plan->parts[i];
        Dispatch__V1__TicketPart *part = part_of(l, from->department->id);

        kinds[i] = part ? keep_part(l, from, part)
                        : new_part(l, from, lead.attempt, lead.returns_used);
    }
    parts_sort(l);
    for (size_t i = 0; i < plan->n_parts; i++)
        tell_chain(l, part_of(l, plan->parts[i].department->id), kinds[i]);
}

static bool names_nothing(const Dispatch__V1__TicketReclassified *event)
{
    return event->area[0] == '\0' && event->n_matters == 0 &&
           event->urgency == DISPATCH__V1__URGENCY__URGENCY_UNSPECIFIED;
}

void act_reclassified(struct life *l)
{
    Dispatch__V1__Urgency urgency = l->event->reclassified->urgency;
    const enum urgency before = life_urgency(l);

    if (names_nothing(l->event->reclassified)) {
        redispatch(l);
        return;
    }
    if (!change_content(l)) {
        urgency_change(l, urgency);
        parts_tell_updated(l, "reclassified", "");
        return;
    }
    l->state->n_barred_department_ids = 0;
    if (urgency != DISPATCH__V1__URGENCY__URGENCY_UNSPECIFIED)
        l->state->ticket->urgency = urgency;
    bool raised = life_urgency(l) > before;
    /* Rules look at the new urgency. Its limits count from requested_at where
     * it is lower, but only from now on where it is higher. */
    if (raised)
        l->limits = &before;
    redispatch(l);
    l->limits = NULL;
    if (raised && !life_failed(l))
        urgency_raised(l);
}
