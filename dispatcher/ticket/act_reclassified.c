/*
 * reclassified: area, matters or urgency were corrected. Where the place or a
 * category changed the ticket is dispatched anew; who stays keeps its first
 * response. An event that names none of the three asks for the catalogue of
 * today: the ticket is dispatched anew as it is, but not to who returned it.
 */
#include "actions.h"
#include "calendar.h"
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

/* What of the event concerns each part. */
struct change {
    bool asks_again; /* it names nothing */
    bool dispatches; /* area, matters or a category are other ones */
    bool lowered;    /* the urgency */
    uint32_t news;   /* matters that are other ones now; all: the whole ticket,
                        if it has none */
};

/* Which matters are other ones, in place or category. */
static uint32_t other_matters(const Dispatch__V1__TicketCreated *ticket,
                              const Dispatch__V1__TicketReclassified *event)
{
    bool moved = event->area[0] && strcmp(event->area, ticket->area) != 0;
    bool replaced = event->n_matters > 0;
    size_t n = replaced ? event->n_matters : ticket->n_matters;
    uint32_t news = 0;

    if (n == 0)
        return moved ? UINT32_MAX : 0;
    for (size_t i = 0; i < n; i++) {
        const Dispatch__V1__Matter *matter =
            replaced ? event->matters[i] : ticket->matters[i];

        if (i >= ticket->n_matters ||
            matter_differs(matter, ticket->matters[i]) ||
            (moved && !matter->area[0]))
            news |= 1u << i;
    }
    return news;
}

/* The content is then as the event has it. */
static void change_content(struct life *l, struct change *change)
{
    const Dispatch__V1__TicketReclassified *event = l->event->reclassified;
    Dispatch__V1__TicketCreated *ticket = l->state->ticket;

    change->news = other_matters(ticket, event);
    change->dispatches = change->news != 0;
    if (event->area[0]) {
        change->dispatches |= strcmp(event->area, ticket->area) != 0;
        ticket->area = event->area;
    }
    if (event->n_matters > 0) {
        change->dispatches |= event->n_matters != ticket->n_matters;
        ticket->matters = event->matters;
        ticket->n_matters = event->n_matters;
    }
    life_content_changed(l);
}

/* Under the same policy and calendar a department that stays keeps its end,
 * with its extensions. */
static bool keeps_end(struct life *l, const Dispatch__V1__TicketPart *part,
                      const Dispatch__V1__TicketClock *clock, uint32_t number,
                      const struct change *change)
{
    const struct calendar *cal =
        policy_calendar(l, policy_of(l, number), part->department_id);

    return !change->lowered && number == clock->policy_number &&
           strcmp(clock->calendar_id, calendar_id(cal)) == 0;
}

/* RESOLUTION is counted anew, under the new route's policy. */
static void replan_resolution(struct life *l, const struct dispatch_part *from,
                              Dispatch__V1__TicketPart *part,
                              Dispatch__V1__TicketClock *clock,
                              const struct change *change)
{
    uint32_t number = policy_keep(l, from->clocks[CLOCK_RESOLUTION].policy);
    struct deadline_terms terms =
        deadline_round_terms(l, number, CLOCK_RESOLUTION, life_urgency(l));

    if (keeps_end(l, part, clock, number, change))
        return;
    if (terms.limit.unit == DURATION_NONE) {
        /* The policy has a limit for the raised urgency alone. */
        terms.limit = policy_limit(policy_of(l, number),
                                   dispatch_urgency(l->state->ticket->urgency),
                                   CLOCK_RESOLUTION);
        terms.started_at = l->at;
        terms.counted_from_at = l->at;
    }
    deadline_restart(l, part, clock, &terms);
}

/* The clocks of a part that the plan keeps. FIRST_RESPONSE goes on. */
static void replan_clocks(struct life *l, const struct dispatch_part *from,
                          Dispatch__V1__TicketPart *part,
                          const struct change *change)
{
    Dispatch__V1__TicketClock *clock = deadline_of_part(part, CLOCK_RESOLUTION);

    if (part_awaits_clock(l, part, CLOCK_FIRST_RESPONSE) &&
        !deadline_of_part(part, CLOCK_FIRST_RESPONSE))
        plan_start_clock(l, from, part, CLOCK_FIRST_RESPONSE);
    if (clock && from->clocks[CLOCK_RESOLUTION].exists)
        replan_resolution(l, from, part, clock, change);
    else if (part_awaits_clock(l, part, CLOCK_RESOLUTION))
        plan_start_clock(l, from, part, CLOCK_RESOLUTION);
}

/* Clocks that the part is no longer entitled to. */
static void cancel_surplus(struct life *l, const struct dispatch_part *from,
                           Dispatch__V1__TicketPart *part)
{
    if (from->role != (Dispatch__V1__Role)ROLE_LEAD)
        deadline_cancel(l, part, CLOCK_FIRST_RESPONSE);
    if (!from->clocks[CLOCK_RESOLUTION].exists)
        deadline_cancel(l, part, CLOCK_RESOLUTION);
}

/* Whether the department has to do what it had not before: then it must
 * resolve again. */
static bool gains(const struct dispatch_part *from,
                  const Dispatch__V1__TicketPart *part,
                  const struct change *change)
{
    if (from->co_only)
        return false;
    if (from->own == 0)
        return part->co_only || change->news != 0;
    return (from->own & (change->news | ~part_own_matters(part))) != 0;
}

/* What `part` forwarded stays forwarded: its holder has the planned role, and
 * all between have the planned matters. */
static void keep_below(struct life *l, const struct dispatch_part *from,
                       Dispatch__V1__TicketPart *part,
                       Dispatch__V1__TicketPart *holder)
{
    Dispatch__V1__TicketPart *below = part_below(l, part);

    if (!below)
        return;
    part->role = ROLE_SUPERVISOR;
    holder->role = from->role;
    holder->may_not_return = false;
    for (; below; below = part_below(l, below)) {
        below->co_only = part->co_only;
        below->policy_number = part->policy_number;
        part_set_matters(l, below, from->matters, from->own);
    }
}

/* The department of the plan already has a part. What it forwarded stays
 * forwarded. */
static int keep_part(struct life *l, const struct dispatch_part *from,
                     Dispatch__V1__TicketPart *part,
                     const struct change *change)
{
    Dispatch__V1__TicketPart *below = part_holder(l, part);
    Dispatch__V1__TicketPart *holder = below ? below : part;
    bool same = holder->role == from->role && !part->desk;

    cancel_surplus(l, from, part);
    if (gains(from, part, change))
        holder->resolved_at = 0;
    part->until_acknowledged = false;
    part->desk = false;
    part->may_not_return = false;
    plan_fill_part(l, from, part);
    keep_below(l, from, part, holder);
    replan_clocks(l, from, part, change);
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
 * forwarders, one that it has the part from; unless what it had forwarded
 * itself goes another way. */
static bool stays(const struct life *l, const struct dispatch_plan *plan,
                  Dispatch__V1__TicketPart *part)
{
    if (!part_holder(l, part) && !plan_names(plan, part->department_id))
        return false;
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

/* Puts the plan in force; what each of its departments is to be told. NULL,
 * and failed: nobody takes a matter, or the arena is full. */
static int *put_in_force(struct life *l, const struct dispatch_plan *plan,
                         const struct change *change)
{
    const Dispatch__V1__TicketPart lead = *part_lead(l);
    int *kinds = life_alloc(l, plan->n_parts * sizeof(*kinds));

    if (!kinds)
        return NULL;
    pause_end(l);
    life_decided(l);
    l->state->n_disputes = 0;
    end_forwarding(l, plan);
    withdraw_losers(l, plan);
    for (size_t i = 0; i < plan->n_parts; i++) {
        const struct dispatch_part *from = &plan->parts[i];
        Dispatch__V1__TicketPart *part = part_of(l, from->department->id);

        kinds[i] = part ? keep_part(l, from, part, change)
                        : new_part(l, from, lead.attempt, lead.returns_used);
    }
    parts_sort(l);
    return kinds;
}

/* Rules look at the new urgency. Its limits count from requested_at where it
 * is lower, but only from now on where it is higher. */
static void redispatch(struct life *l, enum urgency before,
                       const struct change *change)
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
    bool raised = life_urgency(l) > before;

    if (!plan)
        return;
    l->limits = raised ? &before : NULL;
    const int *kinds = put_in_force(l, plan, change);
    l->limits = NULL;
    if (!kinds || life_failed(l))
        return;
    if (raised)
        urgency_raised(l);
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
    struct change change = {.asks_again =
                                names_nothing(l->event->reclassified)};

    change_content(l, &change);
    if (!change.dispatches && !change.asks_again) {
        urgency_change(l, urgency);
        parts_tell_updated(l, "reclassified", "");
        return;
    }
    if (!change.asks_again)
        l->state->n_barred_department_ids = 0;
    urgency_set(l, urgency);
    change.lowered = life_urgency(l) < before;
    redispatch(l, before, &change);
}
