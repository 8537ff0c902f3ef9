/*
 * Findings as lines for people.
 */
#ifndef DISPATCHER_AUDIT_LINES_H
#define DISPATCHER_AUDIT_LINES_H

#include "audit_print.h"

/* What was found of a kind, with its rule; nothing where nothing was. */
void audit_lines_print(FILE *out, struct audit_lines *l, enum audit_kind kind,
                       uint64_t found);

/* How many tickets there are. */
uint64_t audit_print_tickets(const struct audit_figures *f);

/* A text of others, for a terminal. */
void audit_print_text(FILE *out, const char *text);

#endif
