/*
 * What must hold of tickets_load for any bytes at all, with protobuf-c as the
 * judge. Shared by the fuzzer and the unit test with random mutations.
 */
#ifndef DISPATCHER_STATE_PROPERTY_H
#define DISPATCHER_STATE_PROPERTY_H

#include "tickets.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

/* Not assert(): the properties also hold where NDEBUG is set. */
static inline void state_require(bool holds)
{
    if (!holds)
        abort();
}

static inline int64_t state_due(const Dispatch__V1__TicketState *state)
{
    return state->next_due_at ? state->next_due_at : INT64_MAX;
}

static inline enum status state_expected(const Dispatch__V1__TicketState *state)
{
    uint32_t status = (uint32_t)state->status;

    if (state->format_version == 0)
        return STATUS_REJECT;
    if (state->format_version > TICKET_FORMAT_VERSION)
        return STATUS_FATAL;
    return status > 0 &&
                   status <=
                       DISPATCH__V1__TICKET_STATUS__TICKET_STATUS_CANCELLED
               ? STATUS_OK
               : STATUS_REJECT;
}

/* Loads a copy of exactly `size` bytes into a new store. */
static inline enum status property_state(const uint8_t *bytes, size_t size)
{
    uint8_t *copy = malloc(size ? size : 1);
    struct tickets *t = tickets_new();
    const struct ticket_record record = {
        .key = "t", .key_size = 1, .value = copy, .value_size = size};

    state_require(copy != NULL);
    if (size)
        memcpy(copy, bytes, size);
    enum status status = tickets_load(t, &record);
    Dispatch__V1__TicketState *state =
        dispatch__v1__ticket_state__unpack(NULL, size, copy);
    free(copy);
    state_require(
        (status == STATUS_OK) ==
        (tickets_count(
             t, DISPATCH__V1__TICKET_STATUS__TICKET_STATUS_UNSPECIFIED) == 1));
    if (state)
        state_require(status == state_expected(state));
    if (state && status == STATUS_OK) {
        state_require(tickets_next_due(t) == state_due(state));
        state_require(tickets_count(t, state->status) == 1);
    }
    dispatch__v1__ticket_state__free_unpacked(state, NULL);
    tickets_free(&t);
    return status;
}

#endif
