/*
 * The list of parts, and the matters of each.
 */
#include "parts.h"

#include "deadlines.h"
#include "decode.h"

#include <string.h>

Dispatch__V1__TicketPart *part_of(const struct life *l,
                                  const char *department_id)
{
    for (size_t i = 0; i < l->state->n_parts; i++) {
        if (strcmp(l->state->parts[i]->department_id, department_id) == 0)
            return l->state->parts[i];
    }
    return NULL;
}

Dispatch__V1__TicketPart *part_lead(const struct life *l)
{
    return l->state->n_parts > 0 ? l->state->parts[0] : NULL;
}

Dispatch__V1__TicketPart *part_above(const struct life *l,
                                     const Dispatch__V1__TicketPart *part)
{
    return part->forwarded_by[0] ? part_of(l, part->forwarded_by) : NULL;
}

Dispatch__V1__TicketPart *part_below(const struct life *l,
                                     const Dispatch__V1__TicketPart *part)
{
    for (size_t i = 0; i < l->state->n_parts; i++) {
        Dispatch__V1__TicketPart *other = l->state->parts[i];

        if (strcmp(other->forwarded_by, part->department_id) == 0)
            return other;
    }
    return NULL;
}

Dispatch__V1__TicketPart *part_holder(const struct life *l,
                                      Dispatch__V1__TicketPart *part)
{
    while (part && part->role == ROLE_SUPERVISOR)
        part = part_below(l, part);
    return part;
}

Dispatch__V1__TicketPart *
part_add(struct life *l, const struct department *department, int role)
{
    Dispatch__V1__TicketState *state = l->state;
    Dispatch__V1__TicketPart *part = life_alloc(l, sizeof(*part));
    Dispatch__V1__TicketPart **grown =
        life_grow(l, state->parts, state->n_parts, sizeof(*state->parts));

    if (!part || !grown)
        return NULL;
    dispatch__v1__ticket_part__init(part);
    part->department_id = life_text(l, department->id, "");
    part->department_name = life_text(l, department->name, "");
    part->role = (Dispatch__V1__Role)role;
    part->assigned_at = l->at;
    part->attempt = 1;
    grown[state->n_parts++] = part;
    state->parts = grown;
    return part;
}

void part_remove(struct life *l, const Dispatch__V1__TicketPart *part)
{
    Dispatch__V1__TicketState *state = l->state;
    size_t kept = 0;

    for (size_t i = 0; i < state->n_parts; i++) {
        if (state->parts[i] != part)
            state->parts[kept++] = state->parts[i];
    }
    state->n_parts = kept;
    /* Who had it from this part has nobody above it any more. */
    Dispatch__V1__TicketPart *below = part_below(l, part);
    if (below)
        below->forwarded_by = output_text("");
}

void parts_sort(struct life *l)
{
    Dispatch__V1__TicketPart **parts = l->state->parts;

    for (size_t i = 1; i < l->state->n_parts; i++) {
        Dispatch__V1__TicketPart *part = parts[i];
        size_t j = i;

        for (; j > 0 && parts[j - 1]->role > part->role; j--)
            parts[j] = parts[j - 1];
        parts[j] = part;
    }
}

static uint32_t bits_of(const uint32_t *indexes, size_t n)
{
    uint32_t bits = 0;

    for (size_t i = 0; i < n; i++)
        bits |= 1u << indexes[i];
    return bits;
}

uint32_t part_matters(const Dispatch__V1__TicketPart *part)
{
    return bits_of(part->matter_indexes, part->n_matter_indexes);
}

uint32_t part_own_matters(const Dispatch__V1__TicketPart *part)
{
    return bits_of(part->own_matter_indexes, part->n_own_matter_indexes);
}

uint32_t part_duties(const Dispatch__V1__TicketPart *part)
{
    return part->co_only ? part_matters(part) : part_own_matters(part);
}

/* The list of the bits; *n is how many. NULL when the arena is full. */
static uint32_t *list_matters(struct life *l, uint32_t matters, size_t *n)
{
    uint32_t *list = life_alloc(l, DECODE_MAX_MATTERS * sizeof(*list));

    *n = 0;
    for (uint32_t i = 0; list && i < DECODE_MAX_MATTERS; i++) {
        if (matters & (1u << i))
            list[(*n)++] = i;
    }
    return list;
}

void part_set_matters(struct life *l, Dispatch__V1__TicketPart *part,
                      uint32_t matters, uint32_t own)
{
    part->matter_indexes = list_matters(l, matters, &part->n_matter_indexes);
    part->own_matter_indexes =
        list_matters(l, own, &part->n_own_matter_indexes);
}

void part_supervise(struct life *l, Dispatch__V1__TicketPart *part)
{
    uint32_t duties = part_duties(part);

    part->role = ROLE_SUPERVISOR;
    part->until_acknowledged = true;
    part->forwarded_by = output_text("");
    part_set_matters(l, part, duties, part->co_only ? 0 : duties);
}

bool part_answers_for(const Dispatch__V1__TicketPart *part,
                      const Dispatch__V1__TicketPart *returner)
{
    uint32_t duties = part_duties(returner);
    uint32_t matters =
        returner->co_only ? part_matters(part) : part_own_matters(part);

    if (part->co_only && !returner->co_only)
        return false;
    return (matters & duties) != 0 || (matters == 0 && duties == 0);
}

bool part_is_awaited(const struct life *l, Dispatch__V1__TicketPart *part)
{
    if (part->role == ROLE_SUPERVISOR)
        return false;
    if (part->role == ROLE_LEAD)
        return true;
    return deadline_find(l, part, CLOCK_RESOLUTION, NULL) != NULL;
}

bool part_awaits_clock(const struct life *l, Dispatch__V1__TicketPart *part,
                       enum clock_kind kind)
{
    const Dispatch__V1__TicketPart *holder = part_holder(l, part);

    /* The clocks of what was forwarded belong to who forwarded it. */
    if (part->forwarded_by[0] || part->co_only || !holder ||
        holder->resolved_at != 0)
        return false;
    if (kind == CLOCK_RESOLUTION)
        return true;
    const Dispatch__V1__Policy *policy = policy_of(l, part->policy_number);
    bool answered = holder->contacted_at != 0 ||
                    (policy && policy->first_response_by_acknowledged &&
                     holder->acknowledged_at != 0);
    return holder->role == ROLE_LEAD && !answered && !holder->desk;
}

char *part_official(struct life *l, int role, const char *route_official,
                    const struct department *department)
{
    const char *official = department->lead_official;

    if (route_official[0])
        official = route_official;
    if (role == ROLE_LEAD && l->state->ticket->lead_official[0])
        official = l->state->ticket->lead_official;
    return life_text(l, official, "");
}
