/*
 * Shows what differs between two catalogues.
 */
#ifndef DISPATCHER_CATALOGUE_DIFFERENCES_H
#define DISPATCHER_CATALOGUE_DIFFERENCES_H

#include <stdbool.h>

struct catalogue_tables;

/* One line for each table that differs: how many entries were added, changed
 * and removed. Both must be sorted. */
void catalogue_differences_count(const struct catalogue_tables *before,
                                 const struct catalogue_tables *after);

/* Each entry that differs, before and after: for people, or as JSON lines. */
void catalogue_differences_print(const struct catalogue_tables *before,
                                 const struct catalogue_tables *after,
                                 bool json);

#endif
