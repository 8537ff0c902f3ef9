/*
 * What a check of the catalogue found: which file and line, which entry,
 * which value, and how to fix it.
 */
#ifndef DISPATCHER_FINDINGS_H
#define DISPATCHER_FINDINGS_H

#include "status.h"
#include "tables.h"

#include <stddef.h>
#include <stdint.h>

enum finding_level { FINDING_ERROR, FINDING_WARNING };

struct finding {
    enum finding_level level;
    enum table_id table;
    uint32_t line; /* of the CSV file; 0: unknown */
    char *field;   /* the entry's key */
    char *name;    /* the name inside its value; "": the entry itself */
    char *message; /* what is wrong, with the offending text, and the fix */
};

/* At most FINDINGS_MAX are kept; all are counted. */
enum { FINDINGS_MAX = 1000 };
struct findings {
    struct finding *items;
    size_t n;
    size_t errors;
    size_t warnings;
};

/* Start from {0}. */
void findings_deinit(struct findings *f);

void findings_add(struct findings *f, enum finding_level level,
                  enum table_id table, const struct table_row *row,
                  const char *name, const char *format, ...) PRINTF_LIKE(6, 7);

#endif
