/*
 * What differs between two catalogues, entry by entry.
 */
#ifndef DISPATCHER_TABLES_DIFF_H
#define DISPATCHER_TABLES_DIFF_H

#include "tables.h"

#include <stddef.h>

enum difference { DIFFERENCE_ADDED, DIFFERENCE_CHANGED, DIFFERENCE_REMOVED };
enum { DIFFERENCES = DIFFERENCE_REMOVED + 1 };

/* One difference: `before` is NULL for an entry that was added, `after` for
 * one that was removed. */
struct table_difference {
    enum table_id table;
    enum difference kind;
    const struct table_row *before;
    const struct table_row *after;
};

/* A walk over the differences of one table. Start from {.id = ..., ...}; both
 * tables must be sorted and stay as they are. */
struct tables_diff {
    const struct catalogue_tables *before;
    const struct catalogue_tables *after;
    enum table_id id;
    size_t i, j; /* the rows that come next */
};

/* The next difference, in the order of the fields; false: there is none. */
bool tables_diff_next(struct tables_diff *diff, struct table_difference *out);

#endif
