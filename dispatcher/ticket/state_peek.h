/*
 * The few fields of a packed TicketState that are needed without unpacking it.
 */
#ifndef DISPATCHER_TICKET_STATE_PEEK_H
#define DISPATCHER_TICKET_STATE_PEEK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct state_peek {
    uint32_t format_version;
    uint32_t status;
    int64_t next_due_at; /* INT64_MAX: never */
};

/* False, with *out untouched, when these are no fields of a message. */
bool state_peek(const void *bytes, size_t size, struct state_peek *out);

#endif
