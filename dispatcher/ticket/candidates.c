/*
 * Who else could take a matter: the rules asked again.
 */
#include "handover.h"
#include "match.h"

#include <string.h>

bool candidate_is_barred(const struct life *l, const char *department_id)
{
    for (size_t i = 0; i < l->state->n_barred_department_ids; i++) {
        if (strcmp(l->state->barred_department_ids[i], department_id) == 0)
            return true;
    }
    return false;
}

/* Conditions hold when the ticket is sent again, not when it came. */
static void begin_match(const struct life *l, uint32_t index,
                        struct match *match)
{
    const Dispatch__V1__TicketCreated *ticket = l->state->ticket;
    const Dispatch__V1__Matter *matter =
        index < ticket->n_matters ? ticket->matters[index] : NULL;
    const struct match_query query =
        dispatch_query(ticket, matter ? matter->area : "",
                       matter ? matter->category : "", l->at);

    match_begin(match, l->ctx->catalogue, &query);
}

static bool is_above(const struct department *department,
                     const struct department *below)
{
    for (; below; below = below->parent) {
        if (below == department)
            return true;
    }
    return false;
}

/* The children of `department` are asked too: it is a candidate where one of
 * them is. */
static bool area_names_below(const struct life *l, const struct match *match,
                             const struct department *department)
{
    const struct catalogue *cat = l->ctx->catalogue;

    for (size_t i = 0; i < catalogue_departments_count(cat); i++) {
        const struct department *other = catalogue_department_at(cat, i);

        if (is_above(department, other) && match_area_names(match, other))
            return true;
    }
    return false;
}

static bool decision_names(const struct dispatch_decision *decision,
                           const struct department *department)
{
    if (is_above(department, decision->department))
        return true;
    for (size_t i = 0; i < decision->n_co; i++) {
        if (is_above(department, decision->co[i]))
            return true;
    }
    return false;
}

bool candidate_is(const struct life *l, const struct department *department,
                  uint32_t matter)
{
    struct match match;
    struct candidate candidate;
    struct dispatch_decision decision;

    begin_match(l, matter, &match);
    if (area_names_below(l, &match, department))
        return true;
    if (dispatch_by_fallback(&match, &decision) &&
        decision_names(&decision, department))
        return true;
    while (match_best(&match, &candidate)) {
        dispatch_by_rule(&match, &candidate, &decision);
        if (decision_names(&decision, department))
            return true;
    }
    return false;
}

static void take_decision(struct life *l,
                          const struct dispatch_decision *decision,
                          struct taker *out)
{
    out->department = decision->department;
    out->rule = life_text(l, decision->rule, "");
    out->fallback = decision->rule[0] == '\0';
    out->policy_number = policy_keep(l, decision->policy);
    out->no_policy = decision->policy == NULL;
    out->official = decision->lead_official;
}

bool candidate_next(struct life *l, uint32_t matter, struct taker *out)
{
    struct match match;
    struct candidate candidate;
    struct dispatch_decision decision;

    begin_match(l, matter, &match);
    while (match_best(&match, &candidate)) {
        if (candidate_is_barred(l, candidate.department->id))
            continue;
        dispatch_by_rule(&match, &candidate, &decision);
        take_decision(l, &decision, out);
        return true;
    }
    if (!dispatch_by_fallback(&match, &decision) ||
        candidate_is_barred(l, decision.department->id))
        return false;
    take_decision(l, &decision, out);
    return true;
}

void candidate_terms(struct life *l, const struct department *department,
                     uint32_t matter, struct taker *out)
{
    struct match match;
    struct candidate candidate;
    struct dispatch_decision decision;

    *out = (struct taker){.department = department, .rule = "", .official = ""};
    begin_match(l, matter, &match);
    while (match_best(&match, &candidate)) {
        if (candidate.department != department)
            continue;
        dispatch_by_rule(&match, &candidate, &decision);
        take_decision(l, &decision, out);
        return;
    }
}
