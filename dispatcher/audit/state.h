/*
 * What the state topic says of a ticket, as far as events say it too.
 */
#ifndef DISPATCHER_AUDIT_STATE_H
#define DISPATCHER_AUDIT_STATE_H

#include "audit_ledger.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct state_part {
    uint32_t department; /* names.h */
    uint8_t role;
};

/* An open clock. */
struct state_clock {
    uint32_t department;
    uint8_t clock;
    bool paused;
    bool breached;
    int64_t due_at;
};

/* One ticket's; embedded, all zero before its first use. Lists keep their
 * memory from one ticket to the next. */
struct state {
    int32_t partition; /* of the record */
    int64_t offset;
    uint32_t sequence;
    uint8_t status; /* dispatch.v1.TicketStatus */
    bool whole;     /* parts and clocks are there */
    struct state_part *parts;
    size_t n_parts;
    struct state_clock *clocks;
    size_t n_clocks;
};

void state_deinit(struct state *s);

/* A list with room for one more; *n is counted up. */
struct state_part *state_add_part(struct state *s);
struct state_clock *state_add_clock(struct state *s);

/* Keeps a copy in the ticket, packed; returns by how many bytes the ticket has
 * grown. */
size_t state_pack(const struct state *s, struct ledger_ticket *t);

/* False: the ticket has none. */
bool state_unpack(const struct ledger_ticket *t, struct state *s);

#endif
