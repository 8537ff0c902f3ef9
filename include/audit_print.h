/*
 * An audit for people, and as JSON lines.
 */
#ifndef DISPATCHER_AUDIT_PRINT_H
#define DISPATCHER_AUDIT_PRINT_H

#include "audit.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

/* What was audited. Borrowed. */
struct audit_report {
    const struct audit_logs *logs;
    const struct audit_figures *figures;
    const struct audit_open_clock *clocks; /* the first ones */
    size_t n_clocks;
    const char *group;
    int64_t at_ms; /* when the ends were taken */
    double seconds;
};

/* Findings, until the figures are known: as lines for people, `limit` of each
 * kind; 0: all. */
struct audit_lines;
struct audit_lines *audit_lines_new(const struct audit_logs *logs,
                                    size_t limit);
void audit_lines_free(struct audit_lines **l);
void audit_lines_add(struct audit_lines *l, const struct audit_finding *f);

void audit_print_people(FILE *out, const struct audit_report *report,
                        struct audit_lines *lines);

/* One finding, one open clock, and the summary, each a line. */
void audit_print_finding_json(FILE *out, const struct audit_logs *logs,
                              const struct audit_finding *f);
void audit_print_json(FILE *out, const struct audit_report *report);

#endif
