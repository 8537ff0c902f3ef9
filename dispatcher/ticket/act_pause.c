/*
 * More time: paused, resumed, extended.
 */
#include "actions.h"
#include "calendar.h"
#include "deadlines.h"
#include "parts.h"

#include <string.h>

/* Each resolution clock in turn; NULL after the last. */
struct clocks {
    struct life *l;
    size_t i;
    Dispatch__V1__TicketPart *part;
};

static Dispatch__V1__TicketClock *next_resolution(struct clocks *c)
{
    while (c->i < c->l->state->n_parts) {
        c->part = c->l->state->parts[c->i++];
        Dispatch__V1__TicketClock *clock =
            deadline_of_part(c->part, CLOCK_RESOLUTION);

        if (clock)
            return clock;
    }
    return NULL;
}

/* A clock whose time is up has nothing left to keep. */
static bool can_pause(const struct life *l,
                      const Dispatch__V1__TicketClock *clock)
{
    const Dispatch__V1__Policy *policy = policy_of(l, clock->policy_number);

    return clock->state == CLOCK_RUNNING && policy && policy->pausable &&
           clock->due_at > l->at;
}

/* The earliest of until_at and each clock's max_pause; 0: open. */
static int64_t pause_ends_at(struct life *l)
{
    struct clocks all = {.l = l};
    Dispatch__V1__TicketClock *clock = next_resolution(&all);
    int64_t ends_at = l->event->paused->until_at;

    for (; clock; clock = next_resolution(&all)) {
        const Dispatch__V1__Policy *policy = policy_of(l, clock->policy_number);

        if (!can_pause(l, clock) || !policy->max_pause[0])
            continue;
        int64_t longest =
            calendar_due(policy_calendar(l, policy, all.part->department_id),
                         l->at, duration_of(policy->max_pause))
                .at;
        if (ends_at == 0 || longest < ends_at)
            ends_at = longest;
    }
    return ends_at;
}

/* Told as it was; then, where the end is known, set as it will be after it, so
 * that the timer needs no calendar. */
static void pause_clock(struct life *l, Dispatch__V1__TicketPart *part,
                        Dispatch__V1__TicketClock *clock)
{
    int64_t left = deadline_counted_ms(l, clock, l->at, clock->due_at);
    int64_t used = deadline_counted_ms(l, clock, clock->counted_from_at, l->at);

    clock->state = CLOCK_PAUSED;
    clock->caused_by = output_text(l->out.caused_by);
    deadline_tell(l, part, clock, DEADLINE_PAUSED, NULL);
    clock->has_left = true;
    clock->left_ms = left;
    clock->used_ms += used;
    clock->n_extensions = 0;
    clock->extended_until_at = 0;
    if (l->state->pause->ends_at == 0)
        return;
    clock->counted_from_at = l->state->pause->ends_at;
    deadline_compute(l, part, clock);
}

static void keep_pause(struct life *l, int64_t ends_at)
{
    Dispatch__V1__TicketPause *pause = life_alloc(l, sizeof(*pause));

    if (!pause)
        return;
    dispatch__v1__ticket_pause__init(pause);
    pause->since_at = l->at;
    pause->ends_at = ends_at;
    pause->reason = l->event->paused->reason;
    pause->approved_by = l->event->paused->approved_by;
    pause->caused_by = l->event->event_id;
    l->state->pause = pause;
}

/* More time is for who has a part, for who supervises the ticket, and for
 * desks: the dispute department, and whoever is no department. */
static bool may_ask(struct life *l)
{
    const struct department *asker = life_department(l, l->actor);

    if (!asker || part_of(l, l->actor) ||
        asker == catalogue_meta(l->ctx->catalogue)->dispute_department ||
        strcmp(l->actor, l->state->supervised_by) == 0)
        return true;
    life_fail(l, REJECT_WRONG_STATE,
              "The department that asks does not hold the ticket.");
    return false;
}

void act_paused(struct life *l)
{
    struct clocks all = {.l = l};
    Dispatch__V1__TicketClock *clock;
    int64_t until_at = l->event->paused->until_at;
    bool any = false;

    if (!may_ask(l))
        return;
    if (l->state->pause) {
        life_fail(l, REJECT_WRONG_STATE, "The ticket is paused already.");
        return;
    }
    if (until_at != 0 && until_at <= l->at) {
        life_fail(l, REJECT_INVALID_FIELD, "until_at is not in the future.");
        return;
    }
    keep_pause(l, pause_ends_at(l));
    for (clock = next_resolution(&all); clock && !life_failed(l);
         clock = next_resolution(&all)) {
        if (!can_pause(l, clock))
            continue;
        pause_clock(l, all.part, clock);
        any = true;
    }
    if (!any)
        life_fail(l, REJECT_WRONG_STATE,
                  "No resolution clock runs that may be paused.");
    parts_tell_updated(l, "paused", l->event->paused->reason);
}

/* What a pause of the ticket leaves behind when it ends now. */
static int64_t drop_pause(struct life *l)
{
    int64_t paused_ms = l->at - l->state->pause->since_at;

    if (paused_ms < 0)
        paused_ms = 0;
    l->state->paused_ms += paused_ms;
    l->state->pause = NULL;
    return paused_ms;
}

void pause_end(struct life *l)
{
    struct clocks all = {.l = l};
    Dispatch__V1__TicketClock *clock;
    int64_t paused_ms;

    if (!l->state->pause)
        return;
    paused_ms = drop_pause(l);
    for (clock = next_resolution(&all); clock; clock = next_resolution(&all)) {
        if (clock->state != CLOCK_PAUSED)
            continue;
        clock->state = CLOCK_RUNNING;
        clock->paused_ms += paused_ms;
        clock->counted_from_at = l->at;
        clock->caused_by = output_text(l->out.caused_by);
        deadline_compute(l, all.part, clock);
        deadline_tell(l, all.part, clock, DEADLINE_RESUMED, NULL);
    }
}

void pause_run_out(struct life *l)
{
    struct clocks all = {.l = l};
    Dispatch__V1__TicketClock *clock;
    int64_t paused_ms = drop_pause(l);

    for (clock = next_resolution(&all); clock; clock = next_resolution(&all)) {
        if (clock->state != CLOCK_PAUSED)
            continue;
        clock->state = CLOCK_RUNNING;
        clock->paused_ms += paused_ms;
        deadline_tell(l, all.part, clock, DEADLINE_RESUMED, NULL);
    }
}

void act_resumed(struct life *l)
{
    if (!may_ask(l))
        return;
    if (!l->state->pause) {
        life_fail(l, REJECT_WRONG_STATE, "The ticket is not paused.");
        return;
    }
    pause_end(l);
    parts_tell_updated(l, "resumed", l->event->resumed->reason);
}

/* The end after an extension by a duration; provisional where either is. */
static void extend_by(struct life *l, const struct calendar *cal,
                      Dispatch__V1__TicketClock *clock, const char *by)
{
    struct duration d;
    char why[REJECT_WHY_SIZE];
    char **grown;

    if (!duration_parse(by, &d, why, sizeof(why))) {
        life_fail(l, REJECT_INVALID_FIELD, "by is no duration.");
        return;
    }
    grown =
        life_grow(l, clock->extensions, clock->n_extensions, sizeof(*grown));
    if (!grown)
        return;
    grown[clock->n_extensions++] = output_text(by);
    clock->extensions = grown;
    const struct calendar_due end = calendar_due(cal, clock->due_at, d);
    clock->due_at = end.at;
    clock->provisional |= end.provisional;
}

/* While the clock is paused this is more time that is left. */
static void extend_until(struct life *l, Dispatch__V1__TicketClock *clock,
                         int64_t until_at)
{
    const Dispatch__V1__TicketPause *pause = l->state->pause;

    clock->n_extensions = 0;
    clock->due_at = until_at;
    clock->provisional = false;
    if (clock->state == CLOCK_PAUSED)
        clock->left_ms = deadline_counted_ms(
            l, clock, pause->ends_at ? pause->ends_at : pause->since_at,
            until_at);
    else
        clock->extended_until_at = until_at;
}

/* An extension counts from the present end, whatever calendar gave that. */
static void extend(struct life *l, const Dispatch__V1__TicketPart *part,
                   Dispatch__V1__TicketClock *clock)
{
    const Dispatch__V1__TicketExtended *event = l->event->extended;
    int64_t before = clock->due_at;

    if ((event->by[0] != '\0') == (event->until_at != 0))
        life_fail(l, REJECT_INVALID_FIELD, "Give either by or until_at.");
    else if (event->by[0])
        extend_by(l, deadline_calendar(l, clock), clock, event->by);
    else
        extend_until(l, clock, event->until_at);
    clock->extensions_used++;
    clock->caused_by = l->event->event_id;
    if (clock->due_at <= before)
        life_fail(l, REJECT_INVALID_FIELD,
                  "The clock would not end later than it does.");
    /* Until it is known when the pause ends nobody is warned. */
    if (clock->state == CLOCK_RUNNING || l->state->pause->ends_at != 0)
        deadline_plan(l, part, clock);
    deadline_set(l, part, clock, DEADLINE_RESCHEDULED);
}

/* The clock that is meant: of the department that acts, else the lead's. */
static Dispatch__V1__TicketClock *
extended_clock(struct life *l, Dispatch__V1__TicketPart **owner)
{
    const Dispatch__V1__TicketExtended *event = l->event->extended;
    Dispatch__V1__TicketPart *part = part_of(l, l->actor);
    enum clock_kind kind = event->clock == output_clock(CLOCK_RESOLUTION)
                               ? CLOCK_RESOLUTION
                               : CLOCK_FIRST_RESPONSE;

    if (!part)
        part = part_lead(l);
    return deadline_find(l, part, kind, owner);
}

void act_extended(struct life *l)
{
    const Dispatch__V1__TicketExtended *event = l->event->extended;
    Dispatch__V1__TicketPart *owner = NULL;
    Dispatch__V1__TicketClock *clock = extended_clock(l, &owner);
    const Dispatch__V1__Policy *policy;

    if (!may_ask(l))
        return;
    if (event->clock != output_clock(CLOCK_RESOLUTION) &&
        event->clock != output_clock(CLOCK_FIRST_RESPONSE)) {
        life_fail(l, REJECT_INVALID_FIELD, "clock names no clock.");
        return;
    }
    if (!clock) {
        life_fail(l, REJECT_WRONG_STATE, "No such clock runs.");
        return;
    }
    policy = policy_of(l, clock->policy_number);
    if (policy && clock->extensions_used >= policy->max_extensions) {
        life_fail(l, REJECT_WRONG_STATE,
                  "The clock was extended as often as its policy allows.");
        return;
    }
    extend(l, owner, clock);
    parts_tell_updated(l, "extended", event->reason);
}
