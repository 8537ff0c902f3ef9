/*
 * What departments report of their part: acknowledged, contacted, resolved.
 */
#include "actions.h"
#include "calendar.h"
#include "deadlines.h"
#include "parts.h"

/* The part that the event is about. Without a department it is the lead's. Who
 * forwarded its part may report for the department that has it now. */
static Dispatch__V1__TicketPart *reported_part(struct life *l,
                                               bool by_supervisor)
{
    Dispatch__V1__TicketPart *part =
        l->actor[0] ? part_of(l, l->actor) : part_lead(l);

    if (!part) {
        life_fail(l, REJECT_WRONG_STATE,
                  "The department does not hold this ticket.");
        return NULL;
    }
    Dispatch__V1__TicketPart *holder = part_holder(l, part);
    if (holder == part || (holder && by_supervisor))
        return holder;
    life_fail(l, REJECT_WRONG_STATE,
              "The department only supervises this ticket.");
    return NULL;
}

/* Who returned an emergency is free when the next one acknowledges. */
static void free_returners(struct life *l, Dispatch__V1__TicketPart *by)
{
    size_t i = 0;

    while (i < l->state->n_parts) {
        Dispatch__V1__TicketPart *part = l->state->parts[i];

        if (!part->until_acknowledged || !part_answers_for(by, part)) {
            i++;
            continue;
        }
        part_remove(l, part);
        part_tell(l, part, TELL_WITHDRAWN, "acknowledged by the next one");
    }
}

/* Who contacts or resolves has acknowledged. */
static void acknowledge(struct life *l, Dispatch__V1__TicketPart *part)
{
    if (part->acknowledged_at == 0)
        part->acknowledged_at = l->at;
    free_returners(l, part);
}

/* FIRST_RESPONSE belongs to the lead alone. */
static void answer(struct life *l, Dispatch__V1__TicketPart *part)
{
    if (part->role == ROLE_LEAD)
        deadline_meet(l, part, CLOCK_FIRST_RESPONSE);
}

void act_acknowledged(struct life *l)
{
    Dispatch__V1__TicketPart *part = reported_part(l, false);
    const Dispatch__V1__TicketClock *clock;

    if (!part)
        return;
    if (l->event->acknowledged->promised_at != 0)
        part->promised_at = l->event->acknowledged->promised_at;
    clock = deadline_find(l, part, CLOCK_FIRST_RESPONSE, NULL);
    if (clock) {
        const Dispatch__V1__Policy *policy = policy_of(l, clock->policy_number);

        if (policy && policy->first_response_by_acknowledged)
            answer(l, part);
    }
    acknowledge(l, part);
    parts_tell_updated(l, "acknowledged", l->event->acknowledged->plan);
}

void act_contacted(struct life *l)
{
    Dispatch__V1__TicketPart *part = reported_part(l, true);

    if (!part)
        return;
    if (part->contacted_at == 0)
        part->contacted_at = l->at;
    answer(l, part);
    acknowledge(l, part);
    parts_tell_updated(l, "contacted", l->event->contacted->note);
}

static bool all_have_resolved(const struct life *l)
{
    for (size_t i = 0; i < l->state->n_parts; i++) {
        Dispatch__V1__TicketPart *part = l->state->parts[i];

        if (part->resolved_at == 0 && part_is_awaited(l, part))
            return false;
    }
    return true;
}

/* It closes by itself so long after the last `resolved`. */
static void close_later(struct life *l)
{
    const Dispatch__V1__TicketPart *lead = part_lead(l);
    const Dispatch__V1__Policy *policy = policy_of(l, lead->policy_number);
    /* The catalogue's default, for a ticket without a policy. */
    const char *close_after = policy ? policy->close_after : "7d";
    const struct calendar *cal =
        policy_calendar(l, policy, lead->department_id);

    l->state->close_at = calendar_due(cal, l->at, duration_of(close_after)).at;
}

void life_check_resolved(struct life *l)
{
    if (l->state->status != TICKET_OPEN || !all_have_resolved(l))
        return;
    l->state->status = TICKET_RESOLVED;
    l->state->n_disputes = 0;
    l->state->pause = NULL;
    close_later(l);
}

void act_resolved(struct life *l)
{
    Dispatch__V1__TicketPart *part = reported_part(l, true);
    const Dispatch__V1__TicketResolved *resolved = l->event->resolved;

    if (!part)
        return;
    if (part->resolved_at != 0) {
        life_fail(l, REJECT_WRONG_STATE,
                  "The department has resolved its part already.");
        return;
    }
    part->resolved_at = l->at;
    part->outcome = resolved->outcome;
    answer(l, part);
    deadline_meet(l, part, CLOCK_RESOLUTION);
    acknowledge(l, part);
    if (l->state->status == TICKET_RESOLVED)
        close_later(l);
    parts_tell_updated(l, "resolved", resolved->reply);
}
