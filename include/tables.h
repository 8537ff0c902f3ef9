/*
 * The catalogue as it is stored: six tables of field and value, in text.
 *
 * Read from Redis, from a folder of CSV files or from the cache file; compiled
 * by catalogue_compile. Texts lie in blocks that the tables own, so that a
 * million rows cost little more than their bytes; rows may share a value.
 */
#ifndef DISPATCHER_TABLES_H
#define DISPATCHER_TABLES_H

#include "status.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum table_id {
    TABLE_DEPARTMENTS,
    TABLE_AREAS,
    TABLE_ROUTES,
    TABLE_POLICIES,
    TABLE_CALENDARS,
    TABLE_META,
    TABLES
};

/* One entry. Both texts end in NUL and may hold NULs before it only when the
 * source did: sizes tell, and catalogue_compile refuses such texts. */
struct table_row {
    const char *field;
    const char *value; /* a JSON object; plain text in meta */
    uint32_t field_size;
    uint32_t value_size;
    uint32_t line; /* of the CSV file; 0: not from a file */
};

struct table {
    struct table_row *rows; /* sorted by field once tables_sort was called */
    size_t n;
    size_t capacity;
    struct table_block *blocks; /* the texts */
    struct table_value *values; /* some that were added, to be found again */
};

struct catalogue_tables {
    struct table tables[TABLES];
};

/* "departments", ...: the name of the hash without prefix, of the CSV file
 * without ending. */
const char *table_name(enum table_id id);

/* The table with that name; TABLES: none has it. */
enum table_id table_by_name(const char *name);

/* Empty tables; free with tables_free, which sets *t to NULL. */
struct catalogue_tables *tables_new(void);
void tables_free(struct catalogue_tables **t);

/* Copies one entry in, at the end. */
void tables_add(struct catalogue_tables *t, enum table_id id, const char *field,
                size_t field_size, const char *value, size_t value_size,
                uint32_t line);

/* Sets the entry of this field, which is there once or not at all, and leaves
 * the tables sorted. They must be sorted. */
void tables_set(struct catalogue_tables *t, enum table_id id, const char *field,
                const char *value);

/* Takes the entry of this field out, if it is there. They must be sorted. */
void tables_remove(struct catalogue_tables *t, enum table_id id,
                   const char *field);

/* Empties one table. */
void tables_clear(struct catalogue_tables *t, enum table_id id);

/* Moves one table of `from`, which is left empty, over that of `to`. */
void tables_move(struct catalogue_tables *to, struct catalogue_tables *from,
                 enum table_id id);

/* Sorts each table by field, in the order of the bytes of the lines that the
 * checksum is made of. Entries of the same field keep the order of their
 * lines in the file. */
void tables_sort(struct catalogue_tables *t);

/* Sorts the rows from number `first` on among themselves. Who adds many rows
 * in pieces and calls this after each makes tables_sort faster. */
void tables_sort_added(struct catalogue_tables *t, enum table_id id,
                       size_t first);

/* The order of tables_sort: below, at or above 0. */
int table_row_compare(const struct table_row *a, const struct table_row *b);

/* The row with this field, or NULL. The tables must be sorted. */
const struct table_row *tables_find(const struct catalogue_tables *t,
                                    enum table_id id, const char *field);

/* SHA-256, 64 lower-case hexadecimal digits, over the sorted lines
 * `table TAB field TAB value`, each with its line feed, of the first five
 * tables and of meta without version and checksum (docs/catalogue.md). The
 * tables must be sorted. */
enum { TABLES_CHECKSUM_SIZE = 65 };
void tables_checksum(const struct catalogue_tables *t,
                     char hex[TABLES_CHECKSUM_SIZE]);

/* The number in meta.version; 0 when there is none. False: it is there and is
 * no number from 0 to 2^53; *number is 0 then. The tables must be sorted. */
bool tables_version_number(const struct catalogue_tables *t, int64_t *number);

/* The version that events carry: "42" where `checksum` (of tables_checksum) is
 * the one in meta, else "42+1f3a9c07": edited by hand since. */
enum { TABLES_VERSION_SIZE = 32 };
void tables_version(const struct catalogue_tables *t,
                    const char checksum[TABLES_CHECKSUM_SIZE],
                    char text[TABLES_VERSION_SIZE]);

#endif
