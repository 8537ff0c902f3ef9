/*
 * An open ticket has content and a lead, and matters are bits of 32.
 *
 * No more than that: a state that is odd, but can be lived on, must not stop
 * the dispatcher.
 */
#include "state_check.h"

#include "decode.h"
#include "life.h"

static bool are_matters(const uint32_t *indexes, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        if (indexes[i] >= DECODE_MAX_MATTERS)
            return false;
    }
    return true;
}

bool state_is_sound(const Dispatch__V1__TicketState *state)
{
    bool is_alive =
        state->status == TICKET_OPEN || state->status == TICKET_RESOLVED;

    if (is_alive && (!state->ticket || state->n_parts == 0))
        return false;
    if (state->ticket && state->ticket->n_matters > DECODE_MAX_MATTERS)
        return false;
    for (size_t i = 0; i < state->n_parts; i++) {
        const Dispatch__V1__TicketPart *part = state->parts[i];

        if (!are_matters(part->matter_indexes, part->n_matter_indexes))
            return false;
    }
    for (size_t i = 0; i < state->n_disputes; i++) {
        const Dispatch__V1__TicketDispute *dispute = state->disputes[i];

        if (!are_matters(dispute->matter_indexes, dispute->n_matter_indexes))
            return false;
    }
    return true;
}
