/*
 * Catalogues for tests, written as rows.
 */
#ifndef TESTS_CATALOGUE_ROWS_H
#define TESTS_CATALOGUE_ROWS_H

#include "catalogue.h"
#include "findings.h"
#include "tables.h"

#include <string.h>

struct test_row {
    enum table_id table;
    const char *field;
    const char *value;
};

/* Sorted tables of rows up to the first without a field; the line of a row is
 * its number from 1 on. */
static inline struct catalogue_tables *tables_of(const struct test_row *rows)
{
    struct catalogue_tables *tables = tables_new();

    for (size_t i = 0; rows[i].field; i++)
        tables_add(tables, rows[i].table, rows[i].field, strlen(rows[i].field),
                   rows[i].value, strlen(rows[i].value), (uint32_t)i + 1);
    tables_sort(tables);
    return tables;
}

/* The catalogue of the rows, or NULL; findings are added to `findings`. */
static inline struct catalogue *catalogue_of(const struct test_row *rows,
                                             struct findings *findings)
{
    struct catalogue_tables *tables = tables_of(rows);
    struct catalogue *cat = NULL;

    if (catalogue_compile(tables, findings, &cat) != STATUS_OK)
        cat = NULL;
    tables_free(&tables);
    return cat;
}

#endif
