/*
 * What the state topic says of tickets: the last record of each key counts.
 *
 *   records in their order ──> ticket_states_take ──> those that are wanted
 *
 * Only what is wanted is kept, so that a look at few tickets needs little
 * memory, however many there are. No I/O.
 */
#ifndef DISPATCHER_TICKET_STATES_H
#define DISPATCHER_TICKET_STATES_H

#include "status.h"

#include <dispatch/v1/state.pb-c.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct ticket_states;

/* What is wanted. Either may be NULL: each one is. */
struct ticket_wish {
    bool (*id)(const void *context, const char *id, size_t size);
    bool (*state)(const void *context, const Dispatch__V1__TicketState *state);
    const void *context;
};

/* Never NULL. `wish` is copied. */
struct ticket_states *ticket_states_new(const struct ticket_wish *wish);
void ticket_states_free(struct ticket_states **t);

/* One record; value NULL is a tombstone. STATUS_REJECT: it is no TicketState,
 * and its ticket counts as unknown. STATUS_FATAL: a newer dispatcher wrote
 * it, and nothing of it may be believed. */
MUST_CHECK enum status ticket_states_take(struct ticket_states *t,
                                          const void *key, size_t key_size,
                                          const void *value, size_t value_size);

/* To be called once after the last record: puts the tickets in the order of
 * their creation, then of their ids. */
void ticket_states_sort(struct ticket_states *t);

/* Those that are wanted, sorted. */
size_t ticket_states_count(const struct ticket_states *t);
const char *ticket_states_id(const struct ticket_states *t, size_t i);

/* The state of ticket i; lives until the next call. */
const Dispatch__V1__TicketState *ticket_states_at(struct ticket_states *t,
                                                  size_t i);

/* The place of a ticket, or SIZE_MAX: it is not there. */
size_t ticket_states_find(const struct ticket_states *t, const char *id);

#endif
