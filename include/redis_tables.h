/*
 * The catalogue's tables in Redis: six hashes, read as one consistent state
 * and changed in one transaction.
 */
#ifndef DISPATCHER_REDIS_TABLES_H
#define DISPATCHER_REDIS_TABLES_H

#include "redis_address.h"
#include "status.h"
#include "tables.h"

struct redis_client;

/* A set of tables: bit i is enum table_id i. */
enum { TABLES_ALL = (1 << TABLES) - 1 };

/* How tables are read. */
enum redis_hold {
    /* In pieces, so that Redis goes on serving others; when somebody changes
     * them meanwhile, once more in one transaction. */
    REDIS_RELEASE,
    /* In one transaction from the start: somebody keeps changing them. */
    REDIS_AT_ONCE,
    /* In pieces, and held against changes until redis_tables_commit. */
    REDIS_HOLD,
};

/* Reads the tables in `wanted` into `tables` and sorts them; the others of
 * `tables` stay. What is read was in Redis at one moment.
 *
 * With REDIS_HOLD consistency shows with the write, and not before.
 * STATUS_RETRY: close the connection. STATUS_REJECT: what Redis holds is no
 * catalogue (a key of another type), or reading is not allowed. In both cases
 * `why` says what happened and `tables` is incomplete. */
MUST_CHECK enum status redis_tables_read(struct redis_client *c,
                                         const char *prefix, unsigned wanted,
                                         enum redis_hold hold,
                                         struct catalogue_tables *tables,
                                         char why[REDIS_WHY_SIZE]);

/* Begins a transaction that writes what differs between `old`, read on this
 * connection with REDIS_HOLD, and `new`; both must be sorted. Nothing is
 * written before redis_tables_commit. Unless STATUS_OK: close the
 * connection. */
MUST_CHECK enum status redis_tables_write(struct redis_client *c,
                                          const char *prefix,
                                          const struct catalogue_tables *old,
                                          const struct catalogue_tables *new,
                                          char why[REDIS_WHY_SIZE]);

/* Ends the transaction. STATUS_REJECT: somebody changed the catalogue since it
 * was read, or writing is not allowed; nothing was written. STATUS_RETRY: it
 * is unknown whether it was. */
MUST_CHECK enum status redis_tables_commit(struct redis_client *c,
                                           char why[REDIS_WHY_SIZE]);

/* The name of a table's key: prefix and table. Free with free(). */
char *redis_tables_key(const char *prefix, enum table_id id);

#endif
