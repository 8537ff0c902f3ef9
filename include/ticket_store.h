/*
 * The tickets of one partition in memory: found by id, and by who is due
 * next; with a way back to before the open transaction.
 *
 * Values are packed TicketStates and their owner's business. A ticket costs
 * its bytes and about 80 more. Look-up, change and the next due ticket are
 * O(1) or O(log n); undoing costs what the transaction changed, not what is
 * stored (invariant 6). One thread uses a store.
 */
#ifndef DISPATCHER_TICKET_STORE_H
#define DISPATCHER_TICKET_STORE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct ticket_store;

/* No timer is set. */
#define TICKET_NEVER INT64_MAX

/* One ticket, borrowed until the next call that changes the store. */
struct ticket_entry {
    const char *id;
    size_t id_size;
    const void *value;
    size_t value_size;
    int64_t due_at; /* UTC milliseconds, or TICKET_NEVER */
};

/* Never NULL: out of memory ends the process. */
struct ticket_store *ticket_store_new(void);
void ticket_store_free(struct ticket_store **s);

/* True when the ticket is there; *out is set then. */
bool ticket_store_get(const struct ticket_store *s, const char *id,
                      size_t id_size, struct ticket_entry *out);

/* Puts a ticket in or replaces it; all that `entry` points to is copied. */
void ticket_store_put(struct ticket_store *s, const struct ticket_entry *entry);

/* Forgets a ticket, if it is there. */
void ticket_store_remove(struct ticket_store *s, const char *id,
                         size_t id_size);

/* The ticket that is due first, also when that lies ahead; false: none. */
bool ticket_store_next_due(const struct ticket_store *s,
                           struct ticket_entry *out);

/* What was changed since the last of these two calls stays, or never was. */
void ticket_store_commit(struct ticket_store *s);
void ticket_store_abort(struct ticket_store *s);

/* The tickets one by one, in no order: start with *cursor 0; false at the
 * end. The store must not change meanwhile. */
bool ticket_store_each(const struct ticket_store *s, size_t *cursor,
                       struct ticket_entry *out);

size_t ticket_store_count(const struct ticket_store *s);

/* Bytes in use, the values included, the allocator's own share not. */
size_t ticket_store_memory(const struct ticket_store *s);

#endif
