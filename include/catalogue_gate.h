/*
 * Decides whether tables may come into force: a bad edit, a flushed or
 * half-written catalogue and an old version are refused, not obeyed.
 */
#ifndef DISPATCHER_CATALOGUE_GATE_H
#define DISPATCHER_CATALOGUE_GATE_H

#include "status.h"
#include "tables.h"

#include <stdbool.h>

struct catalogue;

enum { GATE_WHY_SIZE = 512 };

enum gate_result {
    GATE_SAME,    /* exactly these are in force */
    GATE_NEW,     /* good; they are in force from now on */
    GATE_REFUSED, /* what is in force stays */
};

/* What is in force. Start from {.topics = ...}. */
struct catalogue_gate {
    const char *topics; /* those that departments may name, comma-separated;
                           NULL: any. Borrowed. */
    bool loaded;
    int64_t number;
    char version[TABLES_VERSION_SIZE];
    char checksum[TABLES_CHECKSUM_SIZE];
    size_t rows[TABLES];
};

/* Tries tables, which must be sorted. GATE_NEW: *out is the snapshot, owned by
 * the caller, and the gate remembers it. GATE_REFUSED: `why` says, for an
 * operator, what to mend. */
MUST_CHECK enum gate_result gate_try(struct catalogue_gate *gate,
                                     const struct catalogue_tables *tables,
                                     struct catalogue **out,
                                     char why[GATE_WHY_SIZE]);

#endif
