/*
 * From a record to its outputs.
 */
#include "apply.h"

#include "catalogue.h"
#include "dispatch.h"

static enum reject_code apply_created(const struct apply_context *ctx,
                                      const Dispatch__V1__TicketEvent *event,
                                      struct outputs *out, struct reject *r)
{
    struct dispatch_terms terms =
        dispatch_terms_created(event, ctx->timestamp_ms);
    struct dispatch_plan plan;
    uint32_t seq = 0;
    enum reject_code code;

    terms.now = ctx->timestamp_ms;
    code = dispatch_ticket(ctx->catalogue, event->created, &terms, &plan, r);
    if (code != REJECT_NONE)
        return code;
    return outputs_add_dispatch(out, event, &plan,
                                catalogue_version(ctx->catalogue), &seq, r);
}

enum reject_code apply_record(const struct apply_context *ctx,
                              const struct decode_input *in,
                              struct outputs *out,
                              Dispatch__V1__TicketEvent__KindCase *kind,
                              struct reject *r)
{
    Dispatch__V1__TicketEvent *event;
    enum reject_code code = decode_ticket_event(out->arena, in, &event, r);

    if (code != REJECT_NONE)
        return code;
    if (event->kind_case != DISPATCH__V1__TICKET_EVENT__KIND_CREATED)
        return reject_set(r, REJECT_NOT_SUPPORTED,
                          "field %d: only `created` is dispatched so far",
                          (int)event->kind_case);
    code = apply_created(ctx, event, out, r);
    if (code == REJECT_NONE)
        *kind = event->kind_case;
    return code;
}
