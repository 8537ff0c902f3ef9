/*
 * What becomes due: the earliest first, one after the other.
 */
#include "timers.h"
#include "actions.h"
#include "deadlines.h"
#include "event_words.h"
#include "ticket.h"

#include <string.h>

/* What falls due at the same moment happens in this order. */
enum due_kind {
    DUE_PAUSE_ENDS,
    DUE_WARNING,
    DUE_BREACH,
    DUE_ESCALATION,
    DUE_CLOSE,
    DUE_SHRINK,
    DUE_FORGET,
};

struct due {
    int64_t at; /* INT64_MAX: nothing */
    enum due_kind kind;
    size_t part; /* index; of the next two kinds */
    size_t clock;
};

static void offer(struct due *first, const struct due *next)
{
    if (next->at < first->at ||
        (next->at == first->at && next->kind < first->kind))
        *first = *next;
}

static void offer_clock(struct due *first, const Dispatch__V1__TicketPart *part,
                        size_t i, size_t j)
{
    const Dispatch__V1__TicketClock *clock = part->clocks[j];
    struct due next = {.part = i, .clock = j};

    if (clock->state != CLOCK_RUNNING)
        return;
    if (clock->n_warn_ats > 0) {
        next.at = clock->warn_ats[0];
        next.kind = DUE_WARNING;
        offer(first, &next);
    }
    if (clock->breached_at == 0) {
        next.at = clock->due_at;
        next.kind = DUE_BREACH;
        offer(first, &next);
    }
    if (clock->n_escalations > 0) {
        next.at = clock->escalations[0]->escalate_at;
        next.kind = DUE_ESCALATION;
        offer(first, &next);
    }
}

static void offer_at(struct due *first, int64_t at, enum due_kind kind)
{
    const struct due next = {.at = at, .kind = kind};

    if (at != 0)
        offer(first, &next);
}

static struct due find_due(const Dispatch__V1__TicketState *state)
{
    struct due first = {.at = INT64_MAX};
    int status = state->status;

    for (size_t i = 0; status == TICKET_OPEN && i < state->n_parts; i++) {
        for (size_t j = 0; j < state->parts[i]->n_clocks; j++)
            offer_clock(&first, state->parts[i], i, j);
    }
    if (status == TICKET_OPEN && state->pause)
        offer_at(&first, state->pause->ends_at, DUE_PAUSE_ENDS);
    if (status == TICKET_RESOLVED)
        offer_at(&first, state->close_at, DUE_CLOSE);
    if (status == TICKET_CLOSED && state->ticket)
        offer_at(&first, state->close_at, DUE_SHRINK);
    offer_at(&first, state->forget_at, DUE_FORGET);
    return first;
}

int64_t ticket_next_due(const Dispatch__V1__TicketState *state)
{
    return find_due(state).at;
}

static void warn(struct life *l, const Dispatch__V1__TicketPart *part,
                 Dispatch__V1__TicketClock *clock)
{
    clock->warn_ats++;
    clock->n_warn_ats--;
    deadline_tell(l, part, clock, DEADLINE_WARNING, NULL);
}

/* Once; also after an extension that came later. */
static void breach(struct life *l, const Dispatch__V1__TicketPart *part,
                   Dispatch__V1__TicketClock *clock)
{
    clock->breached_at = clock->due_at;
    deadline_tell(l, part, clock, DEADLINE_BREACHED, NULL);
}

static void note_level(struct life *l, Dispatch__V1__TicketClock *clock,
                       uint32_t level)
{
    uint32_t *grown =
        life_grow(l, clock->sent_levels, clock->n_sent_levels, sizeof(*grown));

    if (!grown)
        return;
    grown[clock->n_sent_levels++] = level;
    clock->sent_levels = grown;
}

static void escalate(struct life *l, const Dispatch__V1__TicketPart *part,
                     Dispatch__V1__TicketClock *clock)
{
    const Dispatch__V1__ScheduledEscalation *level = clock->escalations[0];
    const char *supervisor = l->state->supervised_by;
    struct deadline_note note = {
        .level = level->level,
        .escalate_to = level->to_department_id,
        .late_ms = 0,
    };

    clock->escalations++;
    clock->n_escalations--;
    note_level(l, clock, level->level);
    deadline_tell(l, part, clock, DEADLINE_ESCALATED, &note);
    if (!supervisor[0] || strcmp(supervisor, level->to_department_id) == 0)
        return;
    note.escalate_to = supervisor;
    note.explanation = EVENT_WORDS_SUPERVISED;
    deadline_tell(l, part, clock, DEADLINE_ESCALATED, &note);
}

static void fire_clock(struct life *l, const struct due *due)
{
    const Dispatch__V1__TicketPart *part = l->state->parts[due->part];
    Dispatch__V1__TicketClock *clock = part->clocks[due->clock];

    life_at(l, due->at, clock->caused_by);
    if (due->kind == DUE_WARNING)
        warn(l, part, clock);
    else if (due->kind == DUE_BREACH)
        breach(l, part, clock);
    else
        escalate(l, part, clock);
}

static void fire(struct life *l, const struct due *due)
{
    switch (due->kind) {
    case DUE_PAUSE_ENDS:
        life_at(l, due->at, l->state->pause->caused_by);
        pause_run_out(l);
        return;
    case DUE_CLOSE:
        life_at(l, due->at, l->state->caused_by);
        life_end(l, TICKET_CLOSED, "no call-back in time");
        life_shrink(l);
        return;
    case DUE_SHRINK:
        life_shrink(l);
        return;
    case DUE_FORGET:
        l->forgotten = true;
        return;
    default:
        fire_clock(l, due);
    }
}

void timers_fire(struct life *l, int64_t until_ms)
{
    while (!life_failed(l) && !l->forgotten) {
        const struct due due = find_due(l->state);

        if (due.at == INT64_MAX || due.at > until_ms)
            return;
        fire(l, &due);
    }
}

enum reject_code ticket_fire(const struct ticket_context *ctx,
                             Dispatch__V1__TicketState **state,
                             int64_t until_ms, struct outputs *out)
{
    struct life l;
    size_t n = out->n;

    if (ticket_next_due(*state) > until_ms)
        return REJECT_NONE;
    life_begin(&l, ctx, *state, out);
    timers_fire(&l, until_ms);
    if (life_failed(&l)) {
        out->n = n;
        return l.out.code;
    }
    l.state->sequence = l.out.sequence;
    *state = l.forgotten ? NULL : l.state;
    return REJECT_NONE;
}
