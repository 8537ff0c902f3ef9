/*
 * The first dispatch: from the plan to parts with running clocks.
 */
#include "actions.h"
#include "arena.h"
#include "deadlines.h"
#include "dispatch.h"
#include "parts.h"
#include "plan.h"

struct dispatch_plan *plan_ticket(struct life *l,
                                  const struct dispatch_terms *terms)
{
    struct dispatch_plan *plan = arena_alloc(l->arena, sizeof(*plan));
    enum reject_code code;

    if (!plan) {
        life_fail(l, REJECT_OUTPUT_TOO_LARGE,
                  "The ticket's plan needs too much memory.");
        return NULL;
    }
    code = dispatch_ticket(l->ctx->catalogue, l->state->ticket, terms, plan,
                           l->out.r);
    if (code == REJECT_NONE)
        return plan;
    l->out.code = code;
    return NULL;
}

void plan_fill_part(struct life *l, const struct dispatch_part *from,
                    Dispatch__V1__TicketPart *part)
{
    part->role = from->role;
    part->rule = life_text(l, from->rule, "");
    part->fallback = from->fallback;
    part->co_only = from->co_only;
    part->lead_official = life_text(l, from->lead_official, "");
    part->policy_number = policy_keep(l, from->policy);
    part_set_matters(l, part, from->matters, from->own);
}

void plan_start_clock(struct life *l, const struct dispatch_part *from,
                      Dispatch__V1__TicketPart *part, enum clock_kind kind)
{
    const struct clock_plan *clock = &from->clocks[kind];
    struct deadline_terms terms;

    if (!clock->exists || life_failed(l))
        return;
    terms = deadline_round_terms(l, policy_keep(l, clock->policy), kind,
                                 life_urgency(l));
    if (terms.limit.unit == DURATION_NONE)
        return;
    terms.started_at = clock->started_at;
    if (kind == CLOCK_FIRST_RESPONSE)
        terms.counted_from_at = clock->started_at;
    deadline_start(l, part, kind, &terms);
}

static void add_part(struct life *l, const struct dispatch_part *from)
{
    Dispatch__V1__TicketPart *part = part_add(l, from->department, from->role);

    if (!part)
        return;
    plan_fill_part(l, from, part);
    /* An import was requested long ago, but it is assigned today. */
    part->assigned_at = l->now;
    for (enum clock_kind kind = 0; kind < CLOCKS; kind++)
        plan_start_clock(l, from, part, kind);
}

void act_created(struct life *l)
{
    struct dispatch_terms terms =
        dispatch_terms_created(l->event, l->ctx->timestamp_ms);
    Dispatch__V1__TicketState *state = l->state;
    struct dispatch_plan *plan;

    terms.now = l->now;
    terms.occurred_at = l->at;
    if (l->event->created->requested_at == 0)
        terms.requested_at = terms.assigned_at = l->at;
    state->status = TICKET_OPEN;
    state->created_at = l->at;
    state->requested_at = terms.requested_at;
    state->round = 1;
    state->round_started_at = terms.requested_at;
    state->ticket = message_copy(l->arena, &l->event->created->base);
    if (!state->ticket) {
        life_fail(l, REJECT_OUTPUT_TOO_LARGE,
                  "The ticket's state needs too much memory.");
        return;
    }
    plan = plan_ticket(l, &terms);
    if (!plan)
        return;
    life_decided(l);
    for (size_t i = 0; i < plan->n_parts; i++)
        add_part(l, &plan->parts[i]);
    for (size_t i = 0; i < state->n_parts; i++)
        part_tell(l, state->parts[i], TELL_ASSIGNED, "");
}
