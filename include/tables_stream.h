/*
 * The catalogue's tables as one stream of bytes, for the cache file and the
 * history: any field and value can be held, and damage shows.
 *
 *   dispatcher catalogue 1
 *   routes 8 29
 *   a|b|name{"department":"@area.housing"}
 *   ...
 *   end 0 64
 *   <SHA-256 of all fields and values>
 *
 * The first line of an entry gives table and sizes.
 */
#ifndef DISPATCHER_TABLES_STREAM_H
#define DISPATCHER_TABLES_STREAM_H

#include "status.h"

#include <stdbool.h>
#include <stdio.h>

struct catalogue_tables;

/* Writes sorted tables. Whether that went well is known to `file`. */
void tables_stream_write(FILE *file, const struct catalogue_tables *tables);

/* Reads tables (empty before) and sorts them. False: the stream is damaged or
 * none of these; the tables are empty then. */
MUST_CHECK bool tables_stream_read(FILE *file, struct catalogue_tables *tables);

#endif
