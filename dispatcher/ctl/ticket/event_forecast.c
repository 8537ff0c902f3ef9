/*
 * The state machine itself, on a copy of the state.
 */
#include "event_forecast.h"

#include "ticket.h"

#include <string.h>

/* Larger outputs, and tickets remembered longer, than with any settings that
 * make sense: a forecast is not about them. */
enum { MAX_SIZE = 1 << 20 };
enum { LAST_STATUS = DISPATCH__V1__TICKET_STATUS__TICKET_STATUS_CANCELLED };
static const int64_t retention_ms = INT64_C(365) * 24 * 60 * 60 * 1000;

static void by_status(const Dispatch__V1__TicketState *state,
                      const Dispatch__V1__TicketEvent *event,
                      struct forecast *out)
{
    Dispatch__V1__TicketStatus status =
        DISPATCH__V1__TICKET_STATUS__TICKET_STATUS_UNSPECIFIED;

    if (state != NULL && (unsigned)state->status <= LAST_STATUS)
        status = state->status;
    const char *action = ticket_action_name(status, event->kind_case);

    out->repeat = state != NULL && ticket_has_input(state, event);
    if (out->repeat)
        return;
    if (state == NULL)
        reject_set(&out->reject, REJECT_UNKNOWN_TICKET,
                   "No ticket with this id is known.");
    else if (action == NULL || strcmp(action, "wrong_state") == 0)
        reject_set(&out->reject, REJECT_WRONG_STATE,
                   "The ticket's state does not allow it.");
}

void event_forecast(const struct catalogue *cat, struct arena *a,
                    const Dispatch__V1__TicketState *state,
                    const Dispatch__V1__TicketEvent *event, int64_t now_ms,
                    struct forecast *out)
{
    const struct ticket_context ctx = {
        .catalogue = cat,
        .ticket_id = event->ticket_id,
        .timestamp_ms = now_ms,
        .now_ms = now_ms,
        .retention_ms = retention_ms,
    };
    /* What is given is not changed, but the pointer to it. */
    Dispatch__V1__TicketState *next =
        (Dispatch__V1__TicketState *)(uintptr_t)state;

    *out = (struct forecast){.repeat = false};
    outputs_init(&out->outputs, a, MAX_SIZE);
    if (cat == NULL) {
        by_status(state, event, out);
        return;
    }
    out->reject.code = ticket_apply(&ctx, event, &next, &out->outputs,
                                    &out->repeat, &out->reject);
}
