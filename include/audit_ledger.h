/*
 * All tickets of a pass, found by id, in the order in which they came.
 *
 * When they need more memory than allowed the ledger drops half of them, and
 * takes no more of that half: they are left to a later pass over the topics.
 * Which half a ticket is in depends on the hash of its id alone.
 *
 *   all ──> first half ──> first quarter   ... judged; then the second quarter
 *      └──> second half
 */
#ifndef DISPATCHER_AUDIT_LEDGER_H
#define DISPATCHER_AUDIT_LEDGER_H

#include "audit_journal.h"

struct ledger;

struct ledger_ticket {
    const char *id;
    struct journal journal;
    /* Of the last assignment that had them; 0: none had. */
    uint64_t content;  /* hash of area and categories */
    uint64_t returned; /* hash of the last return */
    uint8_t *state;    /* packed, state.h; NULL: none */
    uint32_t state_size;
};

struct ledger *ledger_new(size_t max_memory);
void ledger_free(struct ledger **l);

/* The hash of a record's key (NULL: none), and whether records under such a key
 * are taken in this pass. */
uint64_t ledger_hash(const void *key, size_t size);
bool ledger_takes(const struct ledger *l, uint64_t hash);

/* The ticket, a new one if need be. The id is one that is taken. Borrowed
 * until ledger_settle or ledger_clear. */
struct ledger_ticket *ledger_ticket(struct ledger *l, const char *id,
                                    size_t size);

/* As above; NULL: there is none. */
struct ledger_ticket *ledger_find(const struct ledger *l, const char *id,
                                  size_t size);

/* To be called when memory of a ticket has grown by so many bytes; drops
 * tickets if it is too much now. */
void ledger_settle(struct ledger *l, size_t grown);

/* Ticket i of ledger_count, from 0. */
struct ledger_ticket *ledger_at(const struct ledger *l, size_t i);
size_t ledger_count(const struct ledger *l);

/* Forgets all tickets, and turns to those that were dropped; false: there are
 * none. */
bool ledger_next(struct ledger *l);

/* The most bytes that were in use, and by how many tickets. */
size_t ledger_memory(const struct ledger *l, size_t *tickets);

#endif
