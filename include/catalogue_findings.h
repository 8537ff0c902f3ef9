/*
 * Shows what a check of the catalogue found.
 */
#ifndef DISPATCHER_CATALOGUE_FINDINGS_H
#define DISPATCHER_CATALOGUE_FINDINGS_H

#include <stdbool.h>

struct findings;

/* For people on standard error, or as JSON lines on standard output. `folder`
 * of the CSV files; NULL: the catalogue came from Redis. */
void catalogue_findings_print(const struct findings *findings,
                              const char *folder, bool json);

#endif
