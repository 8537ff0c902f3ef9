/*
 * How a ticket ends, and how it begins anew: callback, reopened, merged,
 * cancelled.
 */
#include "actions.h"
#include "deadlines.h"
#include "event_words.h"
#include "parts.h"

#include <string.h>

void life_end(struct life *l, int status, const char *reason)
{
    Dispatch__V1__TicketState *state = l->state;

    state->status = (Dispatch__V1__TicketStatus)status;
    state->closed_at = l->at;
    state->forget_at = l->at + l->ctx->retention_ms;
    for (size_t i = 0; i < state->n_parts; i++) {
        part_tell(l, state->parts[i], TELL_CLOSED, reason);
        deadlines_cancel(l, state->parts[i]);
    }
    state->pause = NULL;
    state->n_disputes = 0;
}

void life_shrink(struct life *l)
{
    const Dispatch__V1__TicketState *full = l->state;
    Dispatch__V1__TicketState *small = life_alloc(l, sizeof(*small));

    if (!small)
        return;
    dispatch__v1__ticket_state__init(small);
    small->format_version = full->format_version;
    small->status = full->status;
    small->recent_inputs = full->recent_inputs;
    small->n_recent_inputs = full->n_recent_inputs;
    small->created_at = full->created_at;
    small->closed_at = full->closed_at;
    small->forget_at = full->forget_at;
    small->merged_into = full->merged_into;
    l->state = small;
}

/* A new round: the same departments, all clocks from now on. */
static void start_round(struct life *l)
{
    Dispatch__V1__TicketState *state = l->state;

    state->status = TICKET_OPEN;
    state->round++;
    state->round_started_at = l->at;
    state->paused_ms = 0;
    state->close_at = 0;
    state->closed_at = 0;
    state->forget_at = 0;
    state->merged_into = output_text("");
    for (size_t i = 0; i < state->n_parts; i++) {
        Dispatch__V1__TicketPart *part = state->parts[i];

        part->acknowledged_at = 0;
        part->contacted_at = 0;
        part->resolved_at = 0;
        part->outcome = DISPATCH__V1__OUTCOME__OUTCOME_UNSPECIFIED;
        part->promised_at = 0;
        part->assigned_at = l->at;
        part->n_clocks = 0;
    }
}

static void reopen(struct life *l, const char *reason)
{
    Dispatch__V1__TicketState *state = l->state;

    start_round(l);
    for (size_t i = 0; i < state->n_parts; i++)
        deadlines_begin(l, state->parts[i]);
    /* Also to the department that acts: its clocks run again. */
    for (size_t i = 0; i < state->n_parts; i++)
        part_tell(l, state->parts[i], TELL_REOPENED, reason);
}

static bool reopens(const struct life *l)
{
    const Dispatch__V1__Policy *policy =
        policy_of(l, part_lead(l)->policy_number);

    return l->event->callback->solved == DISPATCH__V1__ANSWER__ANSWER_NO &&
           policy && policy->reopen_on_unsolved;
}

static void note_callback(struct life *l)
{
    l->state->callback = l->event->callback;
    l->state->called_back_at = l->at;
}

/* Before `resolved` it is recorded and stops nothing. */
void act_callback_noted(struct life *l)
{
    note_callback(l);
    parts_tell_updated(l, "callback", l->event->callback->note);
}

/* After `resolved`, and on a closed ticket that is still remembered whole. */
void act_callback(struct life *l)
{
    if (!l->state->ticket)
        return;
    note_callback(l);
    if (reopens(l))
        reopen(l, life_text(l, "callback", l->event->callback->note));
    else if (l->state->status == TICKET_RESOLVED)
        life_end(l, TICKET_CLOSED,
                 life_text(l, "callback", l->event->callback->note));
}

void act_reopened(struct life *l)
{
    if (!l->state->ticket) {
        life_fail(l, REJECT_WRONG_STATE,
                  "The ticket is closed for good; create a new one.");
        return;
    }
    reopen(l, l->event->reopened->reason);
}

void act_merged(struct life *l)
{
    const char *into = l->event->merged->into_ticket_id;

    if (!into[0] || strcmp(into, l->ctx->ticket_id) == 0) {
        life_fail(l, REJECT_INVALID_FIELD,
                  "into_ticket_id must name another ticket.");
        return;
    }
    l->state->merged_into = output_text(into);
    l->state->close_at = 0;
    life_end(l, TICKET_MERGED, "merged");
}

void act_cancelled(struct life *l)
{
    life_end(l, TICKET_CANCELLED,
             life_text(l, EVENT_WORDS_CANCELLED, l->event->cancelled->reason));
    life_shrink(l);
}
