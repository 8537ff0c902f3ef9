/*
 * The columns of the catalogue's CSV files, and what is written in a cell.
 *
 * A cell is text, a number, true or false; a list of texts divided by
 * semicolons, or JSON when it begins with a bracket; or JSON. An empty cell
 * means that the name is left out.
 */
#ifndef DISPATCHER_CSV_CELL_H
#define DISPATCHER_CSV_CELL_H

#include "status.h"
#include "tables.h"

#include <jansson.h>
#include <stddef.h>

enum cell_kind {
    CELL_KEY,   /* a part of the entry's field, not of its value */
    CELL_PLAIN, /* the value of meta, which is no JSON */
    CELL_TEXT,
    CELL_NUMBER,
    CELL_BOOLEAN,
    CELL_LIST,
    CELL_OBJECT,
    CELL_ARRAY,
};

struct csv_column {
    const char *name; /* as in the JSON of the entry */
    enum cell_kind kind;
};

/* The most columns that a table has, and the longest reason, with its NUL. */
enum { CSV_MAX_COLUMNS = 24, CELL_WHY_SIZE = 256 };

/* The columns of a table: its keys first, then the names of its JSON in the
 * contract's order. */
const struct csv_column *csv_columns(enum table_id id, size_t *n);

/* The JSON of a cell that is not empty. NULL when it is no such value, with
 * the reason in `why`. The caller owns the reference. */
MUST_CHECK json_t *csv_cell_parse(enum cell_kind kind, const char *text,
                                  size_t size, char why[CELL_WHY_SIZE]);

/* The text of a cell, from which csv_cell_parse makes `value` again. NULL
 * when the value is not of this kind. Free with free(). */
MUST_CHECK char *csv_cell_format(enum cell_kind kind, const json_t *value);

#endif
