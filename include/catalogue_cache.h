/*
 * The file that keeps the last good catalogue, for a start while Redis is
 * away (setting catalogue.cache).
 */
#ifndef DISPATCHER_CATALOGUE_CACHE_H
#define DISPATCHER_CATALOGUE_CACHE_H

#include "status.h"
#include "tables.h"

#include <stdbool.h>
#include <stddef.h>

enum { CACHE_WHY_SIZE = 256 };

/* Writes the tables, at once or not at all. They must be sorted. False with
 * the reason in `why`. */
MUST_CHECK bool catalogue_cache_write(const char *path,
                                      const struct catalogue_tables *tables,
                                      char why[CACHE_WHY_SIZE]);

/* Reads them into `tables` (empty before), sorted. STATUS_RETRY: there is no
 * such file. STATUS_REJECT: it is damaged or of another format; `why` says so
 * and `tables` is empty. */
MUST_CHECK enum status catalogue_cache_read(const char *path,
                                            struct catalogue_tables *tables,
                                            char why[CACHE_WHY_SIZE]);

#endif
