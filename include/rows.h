/*
 * The rows of a CSV file or of a file of JSON lines, one at a time; either
 * may be compressed with gzip.
 *
 * A file whose first character is an opening curly bracket is JSON lines. CSV
 * is that of RFC 4180 with commas, with or without a byte order mark.
 */
#ifndef DISPATCHER_ROWS_H
#define DISPATCHER_ROWS_H

#include "status.h"

#include <stdbool.h>
#include <stddef.h>

struct rows;

/* Longest row that is taken, columns included. */
enum { ROWS_MAX_SIZE = 1 << 20, ROWS_MAX_CELLS = 1024, ROWS_WHY_SIZE = 256 };

/* One row. Texts are borrowed until the next call. */
struct row {
    unsigned long line; /* where it begins, from 1 */
    const char *text;   /* the JSON; NULL: a row of cells */
    const char *const *cells;
    size_t n_cells;
};

enum rows_result {
    ROWS_ROW,
    ROWS_END,
    ROWS_FAILED, /* the file cannot be read on: rows_why */
};

/* Opens a file, "-" for standard input. NULL with a reason in `why`. */
MUST_CHECK struct rows *rows_open(const char *path, char why[ROWS_WHY_SIZE]);
void rows_close(struct rows **rows);

MUST_CHECK enum rows_result rows_next(struct rows *rows, struct row *row);

/* Whether the file holds JSON lines; known from rows_open on. */
bool rows_are_json(const struct rows *rows);

const char *rows_why(const struct rows *rows);

/* The share of the file that was read, 0 to 1; 0 when its size is unknown. */
double rows_fraction(const struct rows *rows);

#endif
