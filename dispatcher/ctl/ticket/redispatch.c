/*
 * The parts that a ticket has against the plan of today.
 */
#include "redispatch.h"

#include "ticket_filter.h"

#include <string.h>

#define SUPERVISOR DISPATCH__V1__ROLE__ROLE_SUPERVISOR

static const struct {
    const char *name;
    const char *words;
} verdicts[REDISPATCH_VERDICTS] = {
    [REDISPATCH_STAYS] = {"stays", "the catalogue sends them where they are"},
    [REDISPATCH_DEADLINE] = {"deadline",
                             "stay where they are, with another time limit"},
    [REDISPATCH_MOVES] = {"moves", "go elsewhere"},
    [REDISPATCH_WITH_DESK] = {"with-desk",
                              "are with a desk, and the catalogue names who "
                              "returned them"},
    [REDISPATCH_NOBODY] = {"nobody",
                           "whoever the catalogue names has returned them"},
    [REDISPATCH_RULED] = {"ruled", "a desk sent them where they are"},
    [REDISPATCH_FORWARDED] = {"forwarded",
                              "the department that they were sent to has "
                              "forwarded them"},
    [REDISPATCH_BEGUN] = {"begun",
                          "a department that would lose them has contacted "
                          "the citizen or resolved them"},
};

const char *redispatch_name(enum redispatch_verdict verdict)
{
    return verdicts[verdict].name;
}

const char *redispatch_words(enum redispatch_verdict verdict)
{
    return verdicts[verdict].words;
}

/* --------------------------------------------------------- how a part came by
 */

/* The return that led to this part; NULL: none did. */
static const Dispatch__V1__Return *
return_before(const Dispatch__V1__TicketState *state,
              const Dispatch__V1__TicketPart *part)
{
    for (size_t i = 0; i < state->n_returns; i++)
        if (state->returns[i]->returned_at == part->assigned_at)
            return state->returns[i];
    return NULL;
}

/* Joined beside the first handler, who suggested it: no rule names it. */
static bool has_joined(const Dispatch__V1__TicketState *state,
                       const Dispatch__V1__TicketPart *part)
{
    const Dispatch__V1__Return *before = return_before(state, part);

    return part->co_only && before != NULL &&
           before->reason ==
               DISPATCH__V1__RETURN_REASON__RETURN_REASON_OVERLAPPING_DUTY;
}

static bool came_by_redispatch(const Dispatch__V1__TicketPart *part)
{
    static const char prefix[] = REDISPATCH_EVENT_PREFIX;

    for (size_t i = 0; i < part->n_clocks; i++)
        if (strncmp(part->clocks[i]->caused_by, prefix, sizeof prefix - 1) == 0)
            return true;
    return false;
}

/* A later holder that no return led to: a desk sent the ticket there, or ruled
 * that it stays. Where that cannot be told apart it counts as ruled. */
static bool is_ruled(const Dispatch__V1__TicketState *state,
                     const Dispatch__V1__TicketPart *part)
{
    if (part->desk || part->forwarded_by[0] != '\0')
        return false;
    if (part->may_not_return)
        return true;
    return part->attempt > 1 && return_before(state, part) == NULL &&
           !came_by_redispatch(part);
}

/* ------------------------------------------------------------ parts and plan
 */

static bool holds(const Dispatch__V1__TicketPart *part)
{
    return part->role != (Dispatch__V1__Role)SUPERVISOR;
}

static uint16_t matters_of(const Dispatch__V1__TicketPart *part)
{
    uint16_t matters = 0;

    for (size_t i = 0; i < part->n_matter_indexes; i++)
        if (part->matter_indexes[i] < 16)
            matters |= (uint16_t)(1U << part->matter_indexes[i]);
    return matters;
}

/* Whether the department has the part itself, or forwarded it down. */
static bool is_in_chain(const Dispatch__V1__TicketState *state,
                        const Dispatch__V1__TicketPart *part,
                        const char *department_id)
{
    /* A chain has at most as many links as there are parts. */
    for (size_t links = 0; part != NULL && links < state->n_parts; links++) {
        if (strcmp(part->department_id, department_id) == 0)
            return true;
        part = part->forwarded_by[0] != '\0'
                   ? ticket_part_of(state, part->forwarded_by)
                   : NULL;
    }
    return false;
}

static bool is_same(const Dispatch__V1__TicketState *state,
                    const Dispatch__V1__TicketPart *part,
                    const struct dispatch_part *planned)
{
    return holds(part) && part->role == planned->role &&
           matters_of(part) == planned->matters &&
           is_in_chain(state, part, planned->department->id);
}

/* What the plan has for a part; NULL: it is to be changed or lost. */
static const struct dispatch_part *
planned_for(const Dispatch__V1__TicketState *state,
            const Dispatch__V1__TicketPart *part,
            const struct dispatch_plan *plan)
{
    for (size_t i = 0; i < plan->n_parts; i++)
        if (is_same(state, part, &plan->parts[i]))
            return &plan->parts[i];
    return NULL;
}

/* Whether everybody who holds the ticket would hold it by this plan. */
static bool is_where_it_is(const Dispatch__V1__TicketState *state,
                           const struct dispatch_plan *plan)
{
    size_t same = 0;

    for (size_t i = 0; i < state->n_parts; i++) {
        const Dispatch__V1__TicketPart *part = state->parts[i];

        if (planned_for(state, part, plan) != NULL)
            same++;
        else if (holds(part) && !has_joined(state, part))
            return false;
    }
    return same == plan->n_parts;
}

/* -------------------------------------------------------------------- limits
 */

/* A new round has a limit of its own. */
static struct duration planned_limit(const Dispatch__V1__TicketState *state,
                                     const struct clock_plan *clock)
{
    return state->round > 1 &&
                   clock->policy->reopen_resolution.unit != DURATION_NONE
               ? clock->policy->reopen_resolution
               : clock->limit;
}

static bool has_other_limit(const Dispatch__V1__TicketState *state,
                            const Dispatch__V1__TicketPart *part,
                            const struct dispatch_part *planned)
{
    const struct clock_plan *clock = &planned->clocks[CLOCK_RESOLUTION];
    const Dispatch__V1__TicketClock *now =
        ticket_clock_of(state, part, DISPATCH__V1__CLOCK__CLOCK_RESOLUTION);
    char limit[DURATION_TEXT_SIZE];

    if (part->resolved_at != 0)
        return false;
    if (now == NULL || !clock->exists)
        return (now != NULL) != clock->exists;
    return strcmp(now->limit,
                  duration_format(planned_limit(state, clock), limit)) != 0;
}

static bool any_other_limit(const Dispatch__V1__TicketState *state,
                            const struct dispatch_plan *plan)
{
    for (size_t i = 0; i < state->n_parts; i++) {
        const struct dispatch_part *planned =
            planned_for(state, state->parts[i], plan);

        if (planned != NULL && has_other_limit(state, state->parts[i], planned))
            return true;
    }
    return false;
}

/* ------------------------------------------------------------------ judgement
 */

static bool decide(const struct catalogue *cat,
                   const Dispatch__V1__TicketState *state, int64_t at_ms,
                   bool without_barred, struct dispatch_plan *plan)
{
    const struct dispatch_terms terms = {
        .occurred_at = at_ms,
        .requested_at = state->round_started_at,
        .assigned_at = at_ms,
        .now = at_ms,
        .excluded = state->barred_department_ids,
        .n_excluded = without_barred ? state->n_barred_department_ids : 0,
    };

    if (dispatch_ticket(cat, state->ticket, &terms, plan, NULL) == REJECT_NONE)
        return true;
    plan->n_parts = 0;
    return false;
}

/* Conditions of rules were asked when it was dispatched: that an office has
 * closed since is no reason to take a ticket from it. */
static int64_t decided_at(const Dispatch__V1__TicketState *state)
{
    const Dispatch__V1__TicketPart *lead = state->parts[0];

    return lead->attempt > 1 ? lead->assigned_at : state->created_at;
}

static bool names_barred(const Dispatch__V1__TicketState *state,
                         const struct dispatch_plan *plan)
{
    for (size_t i = 0; i < plan->n_parts; i++)
        for (size_t j = 0; j < state->n_barred_department_ids; j++)
            if (strcmp(plan->parts[i].department->id,
                       state->barred_department_ids[j]) == 0)
                return true;
    return false;
}

/* What people did with the parts that the plan would change or take away. */
static enum redispatch_verdict
judge_losers(const Dispatch__V1__TicketState *state,
             const struct dispatch_plan *plan)
{
    bool ruled = false, forwarded = false, begun = false;

    for (size_t i = 0; i < state->n_parts; i++) {
        const Dispatch__V1__TicketPart *part = state->parts[i];

        if (!holds(part) || planned_for(state, part, plan) != NULL)
            continue;
        ruled |= is_ruled(state, part);
        forwarded |= part->forwarded_by[0] != '\0';
        begun |= part->contacted_at != 0 || part->resolved_at != 0;
    }
    if (ruled)
        return REDISPATCH_RULED;
    if (forwarded)
        return REDISPATCH_FORWARDED;
    return begun ? REDISPATCH_BEGUN : REDISPATCH_MOVES;
}

/* Whether a ticket that is where the plan has it would be disturbed only for
 * its time limit. Who has returned it would lose it. */
static enum redispatch_verdict
judge_limits(const Dispatch__V1__TicketState *state,
             const struct dispatch_plan *plan)
{
    return any_other_limit(state, plan) && !names_barred(state, plan)
               ? REDISPATCH_DEADLINE
               : REDISPATCH_STAYS;
}

/* Whether the catalogue would have sent it where it is. A first handler who
 * returned it for an overlapping duty still leads it. */
static bool stays(const struct catalogue *cat,
                  const Dispatch__V1__TicketState *state, int64_t at_ms,
                  struct dispatch_plan *plan)
{
    return (decide(cat, state, at_ms, false, plan) &&
            is_where_it_is(state, plan)) ||
           (decide(cat, state, at_ms, true, plan) &&
            is_where_it_is(state, plan));
}

enum redispatch_verdict redispatch_judge(const struct catalogue *cat,
                                         const Dispatch__V1__TicketState *state,
                                         int64_t now_ms,
                                         struct dispatch_plan *plan)
{
    if (ticket_is_disputed(state) && decide(cat, state, now_ms, false, plan) &&
        names_barred(state, plan))
        return REDISPATCH_WITH_DESK;
    if (stays(cat, state, now_ms, plan))
        return judge_limits(state, plan);
    if (stays(cat, state, decided_at(state), plan))
        return REDISPATCH_STAYS;
    if (!decide(cat, state, now_ms, true, plan))
        return REDISPATCH_NOBODY;
    return judge_losers(state, plan);
}
