/*
 * A calendar changed: next year's holidays are announced, a half day is added.
 * The open deadlines that depend on it move.
 */
#include "calendar.h"
#include "deadlines.h"
#include "event_words.h"
#include "ticket.h"

#include <stdlib.h>

/* A clock that was breached, or is over, stands. */
static bool depends(const struct catalogue *cat,
                    const Dispatch__V1__TicketClock *clock)
{
    const struct calendar *cal;

    if (!deadline_is_open(clock) || clock->breached_at != 0)
        return false;
    /* One that the catalogue has lost moves nothing. */
    cal = catalogue_calendar(cat, clock->calendar_id);
    return cal && calendar_fingerprint(cal) != clock->calendar_fingerprint;
}

/* A catalogue with a lower version never follows one with a higher. */
static bool is_newer(const struct catalogue *cat,
                     const Dispatch__V1__TicketState *state)
{
    return catalogue_version_number(cat) >=
           strtoll(state->catalogue_version, NULL, 10);
}

bool ticket_needs_recalendar(const struct catalogue *cat,
                             const Dispatch__V1__TicketState *state)
{
    if (!is_newer(cat, state))
        return false;
    for (size_t i = 0; i < state->n_parts; i++) {
        for (size_t j = 0; j < state->parts[i]->n_clocks; j++) {
            if (depends(cat, state->parts[i]->clocks[j]))
                return true;
        }
    }
    return false;
}

/* What was due before the new calendar came is due as it was, however late the
 * timers are. */
static bool moves(const struct life *l, const Dispatch__V1__TicketClock *clock)
{
    return depends(l->ctx->catalogue, clock) && clock->due_at >= l->at;
}

static bool any_moves(const struct life *l)
{
    for (size_t i = 0; i < l->state->n_parts; i++) {
        for (size_t j = 0; j < l->state->parts[i]->n_clocks; j++) {
            if (moves(l, l->state->parts[i]->clocks[j]))
                return true;
        }
    }
    return false;
}

/* As deadline_compute, but warnings that are due already, and only late, are
 * not lost; before the new end, that is, for behind it there is nothing to warn
 * of. */
static void compute(struct life *l, const Dispatch__V1__TicketPart *part,
                    Dispatch__V1__TicketClock *clock)
{
    int64_t *late = clock->warn_ats;
    size_t n = 0;

    while (n < clock->n_warn_ats && late[n] <= l->now)
        n++;
    deadline_compute(l, part, clock);
    while (n > 0 && late[n - 1] >= clock->due_at)
        n--;
    int64_t *both = life_alloc(l, (n + clock->n_warn_ats) * sizeof(*both));
    if (!both)
        return;
    for (size_t i = 0; i < n; i++)
        both[i] = late[i];
    for (size_t i = 0; i < clock->n_warn_ats; i++)
        both[n + i] = clock->warn_ats[i];
    clock->warn_ats = both;
    clock->n_warn_ats += n;
}

static int64_t next_warning(const Dispatch__V1__TicketClock *clock)
{
    return clock->n_warn_ats > 0 ? clock->warn_ats[0] : 0;
}

/* Whether a department was told otherwise. */
static bool differs(const Dispatch__V1__TicketClock *a,
                    const Dispatch__V1__TicketClock *b)
{
    return a->due_at != b->due_at || a->provisional != b->provisional ||
           next_warning(a) != next_warning(b);
}

/* What a paused clock's end moves to, RESUMED says. */
static void move_clock(struct life *l, const Dispatch__V1__TicketPart *part,
                       Dispatch__V1__TicketClock *clock)
{
    const struct deadline_note note = {.explanation = EVENT_WORDS_CALENDAR};
    const Dispatch__V1__TicketClock before = *clock;
    bool paused = clock->state == CLOCK_PAUSED;

    if (paused && l->state->pause->ends_at == 0) {
        /* It is computed when the pause ends. */
        clock->calendar_fingerprint = calendar_fingerprint(
            catalogue_calendar(l->ctx->catalogue, clock->calendar_id));
        return;
    }
    compute(l, part, clock);
    if (paused || !differs(clock, &before))
        return;
    l->out.caused_by = clock->caused_by;
    deadline_tell(l, part, clock, DEADLINE_RESCHEDULED, &note);
}

enum reject_code ticket_recalendar(const struct ticket_context *ctx,
                                   Dispatch__V1__TicketState **state,
                                   struct outputs *out)
{
    struct life l;
    size_t n = out->n;

    if (!ticket_needs_recalendar(ctx->catalogue, *state))
        return REJECT_NONE;
    life_begin(&l, ctx, *state, out);
    life_at(&l, ctx->timestamp_ms, "");
    l.now = ctx->timestamp_ms;
    if (!life_failed(&l) && !any_moves(&l))
        return REJECT_NONE;
    if (!life_failed(&l))
        life_decided(&l);
    for (size_t i = 0; !life_failed(&l) && i < l.state->n_parts; i++) {
        const Dispatch__V1__TicketPart *part = l.state->parts[i];

        for (size_t j = 0; j < part->n_clocks; j++) {
            if (moves(&l, part->clocks[j]))
                move_clock(&l, part, part->clocks[j]);
        }
    }
    if (life_failed(&l)) {
        out->n = n;
        return l.out.code;
    }
    l.state->sequence = l.out.sequence;
    *state = l.state;
    return REJECT_NONE;
}
