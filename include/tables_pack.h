/*
 * The catalogue's tables, packed into a few bytes: the stream of
 * tables_stream.h in the format of gzip.
 */
#ifndef DISPATCHER_TABLES_PACK_H
#define DISPATCHER_TABLES_PACK_H

#include "status.h"

#include <stdbool.h>
#include <stddef.h>

struct catalogue_tables;

/* Packs sorted tables; *size is that of the bytes returned, never NULL. Free
 * with free(). */
MUST_CHECK void *tables_pack(const struct catalogue_tables *tables,
                             size_t *size);

/* Unpacks into empty tables, and sorts them. False: damaged, or more than any
 * catalogue holds; the tables are empty then. */
MUST_CHECK bool tables_unpack(const void *bytes, size_t size,
                              struct catalogue_tables *tables);

#endif
