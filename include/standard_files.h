/*
 * Standard input, output and error.
 */
#ifndef DISPATCHER_STANDARD_FILES_H
#define DISPATCHER_STANDARD_FILES_H

#include <stdbool.h>

/* Opens /dev/null for each of the three that the process was started without.
 * Otherwise the next socket gets the number of standard error, and what is
 * logged goes to Kafka or Redis. For the first line of main(); false with
 * errno set when that cannot be done. */
bool standard_files_reserve(void);

#endif
