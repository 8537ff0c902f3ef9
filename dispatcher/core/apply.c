/*
 * From a record to its outputs.
 */
#include "apply.h"

enum status apply_record(struct tickets *tickets,
                         const struct ticket_context *ctx,
                         const struct decode_input *in, struct outputs *out,
                         struct applied *result)
{
    Dispatch__V1__TicketEvent *event;

    *result = (struct applied){0};
    result->step.code =
        decode_ticket_event(out->arena, in, &event, &result->reject);
    if (result->step.code != REJECT_NONE)
        return STATUS_OK;
    result->kind = event->kind_case;
    return tickets_apply(tickets, ctx, event, out, &result->step,
                         &result->reject);
}
