/*
 * A text with columns in curly brackets, "NYC-{Unique Key}", filled row by
 * row. {Name?} may be missing from the file; {Name|lower|path} goes through
 * filters: lower, upper, and path, which puts '-' for '/' and '|'. {{ and }}
 * stand for the brackets themselves.
 */
#ifndef DISPATCHER_TEMPLATE_H
#define DISPATCHER_TEMPLATE_H

#include "rows.h"
#include "status.h"

#include <stdbool.h>
#include <stddef.h>

struct template;

/* What a template's columns gave. */
enum template_result {
    TEMPLATE_FILLED,
    TEMPLATE_EMPTY, /* it has columns, and all of them are empty */
};

/* A text that grows; start from {0}, free `bytes`. */
struct template_text {
    char *bytes; /* ended by NUL once something was expanded */
    size_t size, capacity;
};

enum { TEMPLATE_WHY_SIZE = 256 };

/* With `is_path` the template's '/' divide steps: every column goes through
 * the filter path, and a step whose columns are all empty is left out. NULL
 * with a reason in `why`. */
MUST_CHECK struct template *template_parse(const char *text, bool is_path,
                                           char why[TEMPLATE_WHY_SIZE]);
void template_free(struct template **t);

bool template_has_columns(const struct template *t);

/* Finds the columns in a file's first row; false with a reason in `why`. */
MUST_CHECK bool template_bind(struct template *t, const struct row *header,
                              char why[TEMPLATE_WHY_SIZE]);

/* Writes the text for one row, which has as many cells as the header. Blanks
 * around a cell are left out. */
enum template_result template_expand(const struct template *t,
                                     const struct row *row,
                                     struct template_text *out);

/* The template as it was written. */
const char *template_source(const struct template *t);

#endif
