/*
 * The history that rules are learned from: tickets counted by category, area
 * and department, the two paths as nodes of trees.
 */
#ifndef DISPATCHER_RULE_HISTORY_H
#define DISPATCHER_RULE_HISTORY_H

#include "path_tree.h"

#include <stddef.h>
#include <stdint.h>

enum { NO_DEPARTMENT = UINT32_MAX };

/* Tickets of the same kind and the same end. */
struct history_cell {
    uint32_t category; /* node of the trees */
    uint32_t area;
    uint32_t department;
    uint64_t count;
};

struct history {
    struct path_tree categories;
    struct path_tree areas;
    char **departments; /* sorted */
    size_t n_departments;
    struct history_cell *cells; /* by category, area, department */
    size_t n_cells;
    size_t *first; /* by category: its first cell; one more for the end */
};

/* What was added and is not sorted yet. Start from {0}. */
struct history_log {
    struct history_entry *entries;
    size_t n, capacity;
};

void history_log_add(struct history_log *log, const char *area,
                     const char *category, const char *department,
                     uint64_t count);
void history_log_deinit(struct history_log *log);

/* Counts the log; it is left as it is but for the order of its entries. */
void history_init(struct history *history, struct history_log *log);
void history_deinit(struct history *history);

#endif
