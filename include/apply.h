/*
 * One record in, its outputs or a refusal out: the whole decision, pure.
 *
 *   bytes -> decode -> (ticket's state, catalogue, time) -> packed events,
 *                                                           the new state
 */
#ifndef DISPATCHER_APPLY_H
#define DISPATCHER_APPLY_H

#include "decode.h"
#include "output.h"
#include "tickets.h"

/* What became of one record. */
struct applied {
    Dispatch__V1__TicketEvent__KindCase kind; /* unless it was not decoded */
    struct ticket_step step;
    struct reject reject; /* why it is a dead letter; code as step.code */
};

/* Decides about one record. Its outputs are added to `out`, whose arena gives
 * the memory; `ctx` is that of ticket_apply, but for ticket_id. FATAL as
 * tickets_apply. */
MUST_CHECK enum status apply_record(struct tickets *tickets,
                                    const struct ticket_context *ctx,
                                    const struct decode_input *in,
                                    struct outputs *out,
                                    struct applied *result);

#endif
