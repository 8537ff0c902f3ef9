/*
 * The first dispatch of a ticket: each matter is matched by itself, then the
 * departments are gathered, each once, and get their clocks.
 *
 *   matter 0 ──match──> department A (lead)      co: B
 *   matter 1 ──match──> department C
 *   matter 2 ──match──> department A             co: C
 *   parts:  A {0, 2} lead, B {0} co only, C {1, 2}
 */
#include "dispatch.h"

#include "decode.h"
#include "match.h"

#include <assert.h>
#include <string.h>

/* What all matters of one ticket have in common. */
struct dispatching {
    const struct catalogue *cat;
    const Dispatch__V1__TicketCreated *ticket;
    const struct dispatch_terms *terms;
    enum urgency urgency;
    struct dispatch_plan *plan;
};

enum urgency dispatch_urgency(Dispatch__V1__Urgency urgency)
{
    switch (urgency) {
    case DISPATCH__V1__URGENCY__URGENCY_URGENT:
        return URGENCY_URGENT;
    case DISPATCH__V1__URGENCY__URGENCY_EMERGENCY:
        return URGENCY_EMERGENCY;
    default:
        return URGENCY_NORMAL;
    }
}

struct dispatch_terms
dispatch_terms_created(const Dispatch__V1__TicketEvent *event,
                       int64_t timestamp_ms)
{
    int64_t occurred = event->occurred_at;
    int64_t requested = event->created->requested_at;

    if (requested == 0)
        requested = occurred;
    if (timestamp_ms < 0)
        timestamp_ms = requested;
    if (requested > timestamp_ms)
        requested = timestamp_ms;
    return (struct dispatch_terms){
        .occurred_at = occurred,
        .requested_at = requested,
        .assigned_at = requested,
        .now = timestamp_ms,
    };
}

struct match_query dispatch_query(const Dispatch__V1__TicketCreated *ticket,
                                  const char *area, const char *category,
                                  int64_t at_ms)
{
    return (struct match_query){
        .area = area[0] ? area : ticket->area,
        .category = category,
        .channel = ticket->channel,
        .urgency = dispatch_urgency(ticket->urgency),
        .type = ticket->request_type,
        .at_ms = at_ms,
    };
}

void dispatch_by_rule(const struct match *match,
                      const struct candidate *candidate,
                      struct dispatch_decision *out)
{
    const struct route *route = candidate->route;

    out->department = candidate->department;
    out->n_co = match_co(match, route, out->co, DISPATCH_MAX_CO);
    out->rule = route_key(route);
    out->policy = route_policy(match->cat, route);
    out->lead_official = route_lead_official(match->cat, route);
}

bool dispatch_by_fallback(const struct match *match,
                          struct dispatch_decision *out)
{
    out->department = match_fallback(match);
    out->n_co = 0;
    out->rule = "";
    out->policy = catalogue_meta(match->cat)->default_policy;
    out->lead_official = "";
    return out->department != NULL;
}

static bool is_excluded(const struct dispatching *d,
                        const struct department *department)
{
    for (size_t i = 0; i < d->terms->n_excluded; i++) {
        if (strcmp(d->terms->excluded[i], department->id) == 0)
            return true;
    }
    return false;
}

static void drop_excluded_co(const struct dispatching *d,
                             struct dispatch_decision *decision)
{
    size_t kept = 0;

    for (size_t i = 0; i < decision->n_co; i++) {
        if (!is_excluded(d, decision->co[i]))
            decision->co[kept++] = decision->co[i];
    }
    decision->n_co = kept;
}

static bool decide(const struct dispatching *d, const char *area,
                   const char *category, struct dispatch_decision *out)
{
    const struct match_query query =
        dispatch_query(d->ticket, area, category, d->terms->occurred_at);
    struct match match;
    struct candidate best;

    match_begin(&match, d->cat, &query);
    while (match_best(&match, &best)) {
        if (is_excluded(d, best.department))
            continue;
        dispatch_by_rule(&match, &best, out);
        drop_excluded_co(d, out);
        return true;
    }
    return dispatch_by_fallback(&match, out) &&
           !is_excluded(d, out->department);
}

/* The ticket's official leads the lead only; then the route's; then the
 * department's. */
static const char *official(const struct dispatching *d, bool lead,
                            const struct dispatch_decision *by,
                            const struct department *department)
{
    if (lead && d->ticket->lead_official[0])
        return d->ticket->lead_official;
    if (by->lead_official[0])
        return by->lead_official;
    return department->lead_official;
}

/* The part of a department, a new one if it has none yet. */
static struct dispatch_part *find_part(const struct dispatching *d,
                                       const struct department *department,
                                       const struct dispatch_decision *by)
{
    struct dispatch_plan *plan = d->plan;
    bool lead = plan->n_parts == 0;

    for (size_t i = 0; i < plan->n_parts; i++) {
        if (plan->parts[i].department == department)
            return &plan->parts[i];
    }
    assert(plan->n_parts < DISPATCH_MAX_PARTS);
    struct dispatch_part *part = &plan->parts[plan->n_parts++];
    *part = (struct dispatch_part){
        .department = department,
        .role = lead ? DISPATCH__V1__ROLE__ROLE_LEAD
                     : DISPATCH__V1__ROLE__ROLE_CO_HANDLER,
        .rule = by->rule,
        .co_only = true,
        .lead_official = official(d, lead, by, department),
        .policy = by->policy,
    };
    return part;
}

/* When several matters of one department have clocks, the earliest end
 * counts. */
static void start_resolution(const struct dispatching *d,
                             struct dispatch_part *part,
                             const struct policy *policy)
{
    struct clock_plan *clock = &part->clocks[CLOCK_RESOLUTION];

    if (clock->exists && clock->policy == policy)
        return;
    const struct clock_plan own =
        dispatch_clock(policy, part->department, CLOCK_RESOLUTION, d->urgency,
                       d->terms->requested_at, d->terms->now);
    if (own.exists && (!clock->exists || own.due_at < clock->due_at))
        *clock = own;
}

/* A matter of the department's own: its rule stands before that of a route
 * which only named the department as co-handler. */
static void add_own(const struct dispatching *d,
                    const struct dispatch_decision *by, uint16_t matter)
{
    struct dispatch_part *part = find_part(d, by->department, by);

    part->matters |= matter;
    part->own |= matter;
    if (part->co_only) {
        part->co_only = false;
        part->rule = by->rule;
        part->fallback = by->rule[0] == '\0';
        part->lead_official =
            official(d, part == d->plan->parts, by, by->department);
        part->policy = by->policy;
    }
    if (!part->policy)
        part->policy = by->policy;
    start_resolution(d, part, by->policy);
}

static void add_matter(const struct dispatching *d,
                       const struct dispatch_decision *by, uint16_t matter)
{
    add_own(d, by, matter);
    for (size_t i = 0; i < by->n_co; i++)
        find_part(d, by->co[i], by)->matters |= matter;
}

/* A ticket without matters is matched by its area alone. */
static enum reject_code decide_all(const struct dispatching *d,
                                   struct reject *r)
{
    const Dispatch__V1__TicketCreated *ticket = d->ticket;
    struct dispatch_decision decision;

    if (ticket->n_matters == 0 && !decide(d, "", "", &decision))
        return reject_set(r, REJECT_NO_ROUTE,
                          "the ticket has no matters, and no rule, no area "
                          "and no default_department takes it");
    if (ticket->n_matters == 0)
        add_matter(d, &decision, 0);
    for (size_t i = 0; i < ticket->n_matters; i++) {
        const Dispatch__V1__Matter *matter = ticket->matters[i];
        if (!decide(d, matter->area, matter->category, &decision))
            return reject_set(r, REJECT_NO_ROUTE,
                              "matters[%zu]: no rule, no area and no "
                              "default_department takes it",
                              i);
        add_matter(d, &decision, (uint16_t)(1u << i));
    }
    return REJECT_NONE;
}

enum reject_code dispatch_ticket(const struct catalogue *cat,
                                 const Dispatch__V1__TicketCreated *ticket,
                                 const struct dispatch_terms *terms,
                                 struct dispatch_plan *plan, struct reject *r)
{
    const struct dispatching d = {
        .cat = cat,
        .ticket = ticket,
        .terms = terms,
        .urgency = dispatch_urgency(ticket->urgency),
        .plan = plan,
    };

    assert(ticket->n_matters <= DECODE_MAX_MATTERS);
    plan->n_parts = 0;
    enum reject_code code = decide_all(&d, r);
    if (code != REJECT_NONE)
        return code;
    struct dispatch_part *lead = &plan->parts[0];
    lead->clocks[CLOCK_FIRST_RESPONSE] =
        dispatch_clock(lead->policy, lead->department, CLOCK_FIRST_RESPONSE,
                       d.urgency, terms->assigned_at, terms->now);
    return REJECT_NONE;
}
