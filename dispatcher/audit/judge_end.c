/*
 * What became of the ticket, and of its clocks.
 */
#include "audit_open_clocks.h"
#include "judge.h"
#include "replay.h"

#include <dispatch/v1/dispatch.pb-c.h>
#include <dispatch/v1/state.pb-c.h>

#define ASSIGNMENT(NAME) DISPATCH__V1__ASSIGNMENT_KIND__ASSIGNMENT_KIND_##NAME
#define DEADLINE(NAME) DISPATCH__V1__DEADLINE_KIND__DEADLINE_KIND_##NAME
#define RESOLUTION DISPATCH__V1__CLOCK__CLOCK_RESOLUTION
#define ROLE_LEAD DISPATCH__V1__ROLE__ROLE_LEAD

/* ------------------------------------------------------------------ clocks */

static void count_deadline(struct audit_figures *figures, const struct entry *e)
{
    figures->deadlines[e->kind]++;
    figures->clocks += e->kind == DEADLINE(SCHEDULED);
    figures->breached += e->kind == DEADLINE(BREACHED);
    figures->cancelled += e->kind == DEADLINE(CANCELLED);
    figures->met += e->kind == DEADLINE(MET);
    figures->met_late += e->kind == DEADLINE(MET) && e->late_ms > 0;
}

static void count_events(struct story *s)
{
    struct audit_figures *figures = &s->audit->figures;

    for (size_t i = 0; i < s->n_events; i++) {
        const struct entry *e = &s->events[i].e;

        if (e->topic == AUDIT_ASSIGNMENTS)
            figures->assignments[e->kind]++;
        else
            count_deadline(figures, e);
    }
}

static void count_open_clock(struct story *s, const struct replay_clock *c)
{
    struct audit *a = s->audit;
    const struct audit_open_clock clock = {
        .department_id = names_text(a->names, c->department),
        .clock = c->clock,
        .due_at = c->due_at,
        .paused = clock_is_paused(c->state),
        .breached = clock_is_breached(c->state),
        .number = c->last->e.number,
    };

    a->figures.open++;
    a->figures.paused += clock.paused;
    a->figures.overdue += audit_overdue_ms(&clock, a->options.now_ms) > 0;
    open_clocks_add(a->clocks, s->id, &clock);
}

/* ------------------------------------------------------------------ ticket */

/* Whether the ticket waits for its call-back: the lead has resolved and no
 * resolution clock is open. The state knows it, where it is there. */
static bool is_resolved(const struct story *s, const struct replay *r)
{
    bool lead_resolved = false;

    if (s->has_state && s->state.sequence == s->last)
        return s->state.status ==
               DISPATCH__V1__TICKET_STATUS__TICKET_STATUS_RESOLVED;
    for (size_t i = 0; i < r->n_holders; i++)
        lead_resolved |=
            r->holders[i].role == ROLE_LEAD && r->holders[i].resolved;
    for (size_t i = 0; i < r->n_clocks; i++) {
        if (r->clocks[i].clock == RESOLUTION &&
            clock_is_open(r->clocks[i].state))
            return false;
    }
    return lead_resolved;
}

/* Of a ticket without events. False: it is none, there were only events of
 * others under its id. */
static bool find_start(const struct story *s, enum audit_end *end)
{
    bool created = false;

    *end = AUDIT_END_DEAD_LETTER;
    for (size_t i = 0; i < s->n_inputs; i++) {
        const struct entry *e = &s->inputs[i].e;

        if (e->kind != ENTRY_INPUT(CREATED))
            continue;
        created = true;
        if (e->flags & ENTRY_DEAD)
            continue;
        *end = known_was_read(s->audit->known, story_place_of(&s->inputs[i]))
                   ? AUDIT_END_UNKNOWN
                   : AUDIT_END_WAITING;
    }
    return created;
}

static bool find_end(const struct story *s, const struct replay *r,
                     enum audit_end *end)
{
    if (s->n_events == 0)
        return find_start(s, end);
    *end = AUDIT_END_OPEN;
    if (r->ended)
        *end = r->end;
    else if (!replay_is_open(r))
        *end = AUDIT_END_UNKNOWN;
    else if (is_resolved(s, r))
        *end = AUDIT_END_RESOLVED;
    return true;
}

static void judge_answers(struct story *s, const struct replay *r,
                          enum audit_end end)
{
    const struct entry *last =
        s->n_settled > 0 ? &s->events[s->n_settled - 1].e : NULL;

    if ((end != AUDIT_END_RESOLVED && end != AUDIT_END_CLOSED) || !r->known ||
        !s->inputs_known)
        return;
    if (!r->plan)
        story_find(s, AUDIT_NO_PLAN, last, NULL,
                   "Nobody named a plan in acknowledged or resolved.");
    if (!r->reply)
        story_find(s, AUDIT_NO_REPLY, last, NULL,
                   "Nobody named a reply in resolved.");
}

void judge_end(struct story *s, const struct replay *r)
{
    enum audit_end end;

    count_events(s);
    for (size_t i = 0; i < r->n_clocks; i++) {
        if (clock_is_open(r->clocks[i].state))
            count_open_clock(s, &r->clocks[i]);
    }
    if (!find_end(s, r, &end))
        return;
    s->audit->figures.tickets[end]++;
    s->audit->figures.begun_before += !s->whole;
    judge_answers(s, r, end);
}
