/*
 * Repeats are found by hashes of (source, event_id): 64 of 64 bits.
 */
#include "repeats.h"

#include <string.h>
#include <xxhash.h>

static uint64_t hash_of(const Dispatch__V1__TicketEvent *event)
{
    uint64_t seed = XXH64(event->source, strlen(event->source), 0);

    return XXH64(event->event_id, strlen(event->event_id), seed);
}

bool ticket_has_input(const Dispatch__V1__TicketState *state,
                      const Dispatch__V1__TicketEvent *event)
{
    uint64_t hash = hash_of(event);

    for (size_t i = 0; i < state->n_recent_inputs; i++) {
        if (state->recent_inputs[i] == hash)
            return true;
    }
    return false;
}

void repeats_add(struct life *l)
{
    Dispatch__V1__TicketState *state = l->state;
    uint64_t *grown = life_grow(l, state->recent_inputs, state->n_recent_inputs,
                                sizeof(*grown));

    if (!grown)
        return;
    grown[state->n_recent_inputs++] = hash_of(l->event);
    state->recent_inputs = grown;
    if (state->n_recent_inputs > TICKET_RECENT_INPUTS) {
        state->recent_inputs++;
        state->n_recent_inputs--;
    }
}
