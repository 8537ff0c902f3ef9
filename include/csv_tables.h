/*
 * The catalogue as a folder of CSV files, one for each table, which people
 * edit and keep in git: departments.csv, areas.csv, routes.csv, policies.csv,
 * calendars.csv, meta.csv.
 *
 * The first row names the columns, in any order: `id` (departments, policies,
 * calendars), `path` (areas), `area`, `category` and, if need be, `name`
 * (routes), `field` and `value` (meta); the others have the names of the JSON
 * in docs/catalogue.md. csv_cell.h says what a cell holds. UTF-8, with or
 * without a byte order mark.
 */
#ifndef DISPATCHER_CSV_TABLES_H
#define DISPATCHER_CSV_TABLES_H

#include "status.h"
#include "tables.h"

struct findings;

/* Reads the six files into `tables` (empty before) and sorts them. The values
 * are compact JSON with its names in the contract's order, so that the same
 * content has the same checksum. STATUS_REJECT: at least one error was added
 * to `findings`; `tables` then holds the rows that are right. */
MUST_CHECK enum status csv_tables_read(const char *folder,
                                       struct catalogue_tables *tables,
                                       struct findings *findings);

/* Writes the six files, each at once or not at all; makes the folder. What
 * csv_tables_read makes of them are the same tables, if these came from it.
 * meta.checksum is left out: it is made when a catalogue is loaded. The
 * tables must be sorted. STATUS_REJECT as above: an entry that the format
 * cannot hold, or a file that cannot be written. */
MUST_CHECK enum status csv_tables_write(const char *folder,
                                        const struct catalogue_tables *tables,
                                        struct findings *findings);

/* The same for one table. */
MUST_CHECK enum status csv_table_write(const char *folder, enum table_id id,
                                       const struct catalogue_tables *tables,
                                       struct findings *findings);

#endif
