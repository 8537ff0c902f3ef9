/*
 * The tickets of one partition in memory: found by id, and by who is due
 * next; with a way back to before the open transaction.
 *
 * Values are packed TicketStates and their owner's business. A ticket costs
 * its bytes and about 100 more, its id included, however many come and go; what
 * is no longer needed goes back to the system. Look-up, change and the next
 * due ticket are O(1) or O(log n), and none of them ever stops for long.
 * Undoing costs what the transaction changed, not what is stored
 * (invariant 6). One thread uses a store.
 */
#ifndef DISPATCHER_TICKET_STORE_H
#define DISPATCHER_TICKET_STORE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct ticket_store;

/* No timer is set. */
#define TICKET_NEVER INT64_MAX

enum {
    TICKET_GROUPS = 8,
    TICKET_ID_MAX = UINT16_MAX, /* bytes of an id */
};

/* One ticket, borrowed until the next call that changes the store. */
struct ticket_entry {
    const char *id;
    size_t id_size; /* at most TICKET_ID_MAX */
    const void *value;
    size_t value_size; /* less than 4 GiB */
    int64_t due_at;    /* UTC milliseconds, or TICKET_NEVER */
    unsigned group;    /* under which it is counted, below TICKET_GROUPS */
};

/* Never NULL: out of memory ends the process. */
struct ticket_store *ticket_store_new(void);
void ticket_store_free(struct ticket_store **s);

/* True when the ticket is there; *out is set then. */
bool ticket_store_get(const struct ticket_store *s, const char *id,
                      size_t id_size, struct ticket_entry *out);

/* Puts a ticket in or replaces it; all that `entry` points to is copied, and
 * may be the store's own. */
void ticket_store_put(struct ticket_store *s, const struct ticket_entry *entry);

/* Forgets a ticket, if it is there. */
void ticket_store_remove(struct ticket_store *s, const char *id,
                         size_t id_size);

/* This ticket will be loaded soon, after a few others: has the memory fetched
 * that this takes. */
void ticket_store_expect(const struct ticket_store *s, const char *id,
                         size_t id_size);

/* As put and as remove, but for good, and faster. No transaction may be
 * open. */
void ticket_store_load(struct ticket_store *s,
                       const struct ticket_entry *entry);
void ticket_store_unload(struct ticket_store *s, const char *id,
                         size_t id_size);

/* The ticket that is due first, also when that lies ahead; false: none. */
bool ticket_store_next_due(const struct ticket_store *s,
                           struct ticket_entry *out);

/* What was changed since the last of these two calls stays, or never was. */
void ticket_store_commit(struct ticket_store *s);
void ticket_store_abort(struct ticket_store *s);

/* The tickets one by one, in no order: start with *cursor 0; false at the
 * end. The store may change between two calls: each ticket that is there all
 * the time comes at least once, others may come. */
bool ticket_store_each(const struct ticket_store *s, size_t *cursor,
                       struct ticket_entry *out);

/* All tickets, and those of a group. */
size_t ticket_store_count(const struct ticket_store *s);
size_t ticket_store_count_group(const struct ticket_store *s, unsigned group);

/* Bytes that it has of the system. */
size_t ticket_store_memory(const struct ticket_store *s);

#endif
