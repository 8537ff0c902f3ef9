/*
 * Sorting the rows of a table. For the files of this folder only.
 */
#ifndef DISPATCHER_ROWS_SORT_H
#define DISPATCHER_ROWS_SORT_H

#include "tables.h"

#include <stdbool.h>
#include <stddef.h>

/* Sorts by table_row_compare, rows of the same field by line. Rows that stand
 * in long ascending runs cost about one comparison for each doubling of the
 * number of runs. False: they were sorted already. */
bool rows_sort(struct table_row *rows, size_t n);

#endif
