/*
 * A CSV file and the mapping that goes with it.
 */
#ifndef DISPATCHER_MAPPING_FILE_H
#define DISPATCHER_MAPPING_FILE_H

#include "mapping.h"
#include "rows.h"

/* Reads the header of a CSV, `path`, and finds the columns of the mapping in
 * the file `mapping_path`; NULL: the columns have the names of the fields.
 * *header is the row of names, until the next one is read. NULL, and said on
 * standard error, when they do not go together. */
MUST_CHECK struct mapping *mapping_file_open(const char *mapping_path,
                                             const char *path,
                                             struct rows *rows,
                                             struct row *header);

#endif
