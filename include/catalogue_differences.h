/*
 * Shows what differs between the contents of two catalogues: version and
 * checksum are none of them.
 */
#ifndef DISPATCHER_CATALOGUE_DIFFERENCES_H
#define DISPATCHER_CATALOGUE_DIFFERENCES_H

#include <stdbool.h>
#include <stddef.h>

struct catalogue_tables;

/* One line for each table that differs: how many entries were added, changed
 * and removed. Both must be sorted. */
void catalogue_differences_count(const struct catalogue_tables *before,
                                 const struct catalogue_tables *after);

/* The entries that differ, before and after, at most `shown` of each table:
 * for people, or as JSON lines. */
void catalogue_differences_print(const struct catalogue_tables *before,
                                 const struct catalogue_tables *after,
                                 size_t shown, bool json);

#endif
