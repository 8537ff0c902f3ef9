/*
 * Policies as the state keeps them: copied when a ticket is dispatched, so
 * that a later change of the catalogue moves nothing silently.
 */
#include "life.h"

#include "calendar.h"

#include <stdio.h>
#include <string.h>

enum { WARN_TEXT_SIZE = DURATION_TEXT_SIZE + 2 };

static const Dispatch__V1__Urgency urgency_numbers[URGENCIES] = {
    [URGENCY_NORMAL] = DISPATCH__V1__URGENCY__URGENCY_NORMAL,
    [URGENCY_URGENT] = DISPATCH__V1__URGENCY__URGENCY_URGENT,
    [URGENCY_EMERGENCY] = DISPATCH__V1__URGENCY__URGENCY_EMERGENCY,
};

struct duration duration_of(const char *text)
{
    struct duration d = {DURATION_NONE, 0};
    char why[64];

    if (text[0] && !duration_parse(text, &d, why, sizeof(why)))
        d.unit = DURATION_NONE;
    return d;
}

static char *duration_text(struct life *l, struct duration d)
{
    char text[DURATION_TEXT_SIZE];

    return life_text(l, duration_format(d, text), "");
}

static char *warn_text(struct life *l, const struct warn_point *warn)
{
    char before[DURATION_TEXT_SIZE];
    char text[WARN_TEXT_SIZE];

    if (warn->percent > 0)
        snprintf(text, sizeof(text), "%u%%", (unsigned)warn->percent);
    else
        snprintf(text, sizeof(text), "-%s",
                 duration_format(warn->before, before));
    return life_text(l, text, "");
}

static void copy_warns(struct life *l, const struct policy *from,
                       Dispatch__V1__Policy *to)
{
    to->warns = life_alloc(l, from->n_warns * sizeof(*to->warns));
    if (!to->warns)
        return;
    to->n_warns = from->n_warns;
    for (size_t i = 0; i < from->n_warns; i++)
        to->warns[i] = warn_text(l, &from->warns[i]);
}

/* Urgencies with the limits of a normal ticket are left out. */
static void copy_limits(struct life *l, const struct policy *from,
                        Dispatch__V1__Policy *to)
{
    to->limits = life_alloc(l, URGENCIES * sizeof(*to->limits));
    for (size_t u = 0; to->limits && u < URGENCIES; u++) {
        const struct duration *limits = from->limits[u];

        if (u > 0 && memcmp(limits, from->limits[URGENCY_NORMAL],
                            sizeof(from->limits[u])) == 0)
            continue;
        Dispatch__V1__PolicyLimit *limit = life_alloc(l, sizeof(*limit));
        if (!limit)
            return;
        dispatch__v1__policy_limit__init(limit);
        limit->urgency = urgency_numbers[u];
        limit->first_response = duration_text(l, limits[CLOCK_FIRST_RESPONSE]);
        limit->resolution = duration_text(l, limits[CLOCK_RESOLUTION]);
        to->limits[to->n_limits++] = limit;
    }
}

static void copy_escalations(struct life *l, const struct policy *from,
                             Dispatch__V1__Policy *to)
{
    to->escalations =
        life_alloc(l, from->n_escalations * sizeof(*to->escalations));
    for (size_t i = 0; to->escalations && i < from->n_escalations; i++) {
        const struct escalation *level = &from->escalations[i];
        Dispatch__V1__PolicyEscalation *copy = life_alloc(l, sizeof(*copy));

        if (!copy)
            return;
        dispatch__v1__policy_escalation__init(copy);
        copy->after = duration_text(l, level->after);
        if (level->to)
            copy->to_department_id = life_text(l, level->to->id, "");
        to->escalations[to->n_escalations++] = copy;
    }
}

static Dispatch__V1__Policy *copy_policy(struct life *l,
                                         const struct policy *from)
{
    Dispatch__V1__Policy *to = life_alloc(l, sizeof(*to));

    if (!to)
        return NULL;
    dispatch__v1__policy__init(to);
    to->id = life_text(l, from->id, "");
    copy_limits(l, from, to);
    copy_warns(l, from, to);
    copy_escalations(l, from, to);
    to->first_response_by_acknowledged = from->first_response_by_acknowledged;
    if (from->calendar)
        to->calendar_id = life_text(l, calendar_id(from->calendar), "");
    to->return_within = duration_text(l, from->return_within);
    to->pausable = from->pausable;
    to->max_pause = duration_text(l, from->max_pause);
    to->max_extensions = from->max_extensions;
    to->restart_on_reassign = from->restart_on_reassign;
    to->reopen_on_unsolved = from->reopen_on_unsolved;
    to->reopen_resolution = duration_text(l, from->reopen_resolution);
    to->close_after = duration_text(l, from->close_after);
    return life_failed(l) ? NULL : to;
}

static bool are_equal(struct life *l, const Dispatch__V1__Policy *a,
                      const Dispatch__V1__Policy *b)
{
    size_t size = dispatch__v1__policy__get_packed_size(a);

    if (strcmp(a->id, b->id) != 0 ||
        size != dispatch__v1__policy__get_packed_size(b))
        return false;
    uint8_t *bytes = life_alloc(l, 2 * size);
    if (!bytes)
        return false;
    dispatch__v1__policy__pack(a, bytes);
    dispatch__v1__policy__pack(b, bytes + size);
    return memcmp(bytes, bytes + size, size) == 0;
}

uint32_t policy_keep(struct life *l, const struct policy *policy)
{
    Dispatch__V1__TicketState *state = l->state;

    if (policy && policy != l->policy) {
        l->policy_copy = copy_policy(l, policy);
        l->policy = policy;
    }
    Dispatch__V1__Policy *copy = policy ? l->policy_copy : NULL;
    if (!copy)
        return 0;
    for (size_t i = 0; i < state->n_policies; i++) {
        if (state->policies[i] == copy ||
            are_equal(l, state->policies[i], copy))
            return (uint32_t)i + 1;
    }
    Dispatch__V1__Policy **grown = life_grow(
        l, state->policies, state->n_policies, sizeof(*state->policies));
    if (!grown)
        return 0;
    grown[state->n_policies++] = copy;
    state->policies = grown;
    return (uint32_t)state->n_policies;
}

static void renumber(struct life *l, uint32_t from, uint32_t to, bool *used)
{
    for (size_t i = 0; i < l->state->n_parts; i++) {
        Dispatch__V1__TicketPart *part = l->state->parts[i];

        if (part->policy_number == from) {
            part->policy_number = to;
            *used = true;
        }
        for (size_t j = 0; j < part->n_clocks; j++) {
            if (part->clocks[j]->policy_number != from)
                continue;
            part->clocks[j]->policy_number = to;
            *used = true;
        }
    }
}

void policy_drop_unused(struct life *l)
{
    Dispatch__V1__TicketState *state = l->state;
    uint32_t kept = 0;

    /* Numbers only shrink, so one that is given is not met again. */
    for (uint32_t i = 0; i < state->n_policies; i++) {
        bool used = false;

        renumber(l, i + 1, kept + 1, &used);
        if (used)
            state->policies[kept++] = state->policies[i];
    }
    state->n_policies = kept;
}

const Dispatch__V1__Policy *policy_of(const struct life *l, uint32_t number)
{
    return number > 0 && number <= l->state->n_policies
               ? l->state->policies[number - 1]
               : NULL;
}

struct duration policy_limit(const Dispatch__V1__Policy *policy,
                             enum urgency urgency, enum clock_kind kind)
{
    const Dispatch__V1__PolicyLimit *found = NULL;

    for (size_t i = 0; policy && i < policy->n_limits; i++) {
        const Dispatch__V1__PolicyLimit *limit = policy->limits[i];

        if (limit->urgency == urgency_numbers[urgency] ||
            limit->urgency == urgency_numbers[URGENCY_NORMAL])
            found = limit; /* the urgency's own comes after the normal one */
    }
    if (!found)
        return (struct duration){DURATION_NONE, 0};
    return duration_of(kind == CLOCK_RESOLUTION ? found->resolution
                                                : found->first_response);
}

const struct calendar *policy_calendar(const struct life *l,
                                       const Dispatch__V1__Policy *policy,
                                       const char *department_id)
{
    const struct department *department = life_department(l, department_id);
    const struct calendar *calendar = NULL;

    if (policy && policy->calendar_id[0])
        calendar = catalogue_calendar(l->ctx->catalogue, policy->calendar_id);
    else if (department)
        calendar = department->calendar;
    return calendar ? calendar : calendar_24x7();
}
