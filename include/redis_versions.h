/*
 * The last versions of the catalogue, kept in Redis beside the tables, so that
 * any of them can be brought back.
 *
 *   <prefix>history         version -> {"written_at", "author", "note", ...}
 *   <prefix>history:tables  version -> the tables, packed (tables_pack.h)
 *
 * The daemon reads neither key.
 */
#ifndef DISPATCHER_REDIS_VERSIONS_H
#define DISPATCHER_REDIS_VERSIONS_H

#include "redis_address.h"
#include "status.h"
#include "versions.h"

struct redis_client;

/* Reads what is kept, without the tables. Statuses as in redis_tables.h. */
MUST_CHECK enum status redis_versions_read(struct redis_client *c,
                                           const char *prefix,
                                           struct versions *out,
                                           char why[REDIS_WHY_SIZE]);

/* Reads the tables of one entry into `tables` (empty before). STATUS_REJECT as
 * well when they are not those that the entry's checksum names. */
MUST_CHECK enum status redis_versions_fetch(struct redis_client *c,
                                            const char *prefix,
                                            const struct version_entry *entry,
                                            struct catalogue_tables *tables,
                                            char why[REDIS_WHY_SIZE]);

/* Writes what was added and removes what exceeds the bounds, as a part of the
 * transaction that redis_tables_write has begun. */
MUST_CHECK enum status redis_versions_write(struct redis_client *c,
                                            const char *prefix,
                                            const struct versions *h,
                                            char why[REDIS_WHY_SIZE]);

#endif
