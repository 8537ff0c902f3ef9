/*
 * One record in, its outputs or a refusal out: the whole decision, pure.
 *
 *   bytes -> decode -> (ticket, catalogue, time) -> plan -> packed events
 */
#ifndef DISPATCHER_APPLY_H
#define DISPATCHER_APPLY_H

#include "decode.h"
#include "output.h"
#include "reject.h"

#include <stdint.h>

struct catalogue;

/* What a decision depends on beside the record. All borrowed. */
struct apply_context {
    const struct catalogue *catalogue;
    /* Kafka's, of the record. It stands for "now" in every decision, so that
     * the same record gives the same bytes when it is done again. */
    int64_t timestamp_ms;
};

/* Decides about one record. On REJECT_NONE its outputs were added to `out`
 * and *kind says which event it was; otherwise `out` is as before and *r says
 * why. Memory comes from out->arena. */
enum reject_code apply_record(const struct apply_context *ctx,
                              const struct decode_input *in,
                              struct outputs *out,
                              Dispatch__V1__TicketEvent__KindCase *kind,
                              struct reject *r);

#endif
