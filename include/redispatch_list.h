/*
 * The tickets that were judged, and what a person or a program is told of
 * them.
 */
#ifndef DISPATCHER_REDISPATCH_LIST_H
#define DISPATCHER_REDISPATCH_LIST_H

#include "redispatch.h"

#include <dispatch/v1/state.pb-c.h>
#include <stdbool.h>
#include <stddef.h>

/* One ticket: from whom to whom, by what rules. Texts are owned. */
struct redispatch_row {
    char *ticket_id;
    char *from; /* the lead */
    char *from_rule;
    char *to; /* "": nobody */
    char *to_rule;
    enum redispatch_verdict verdict;
    bool sent; /* an event is sent for it */
};

/* Start from {0}. */
struct redispatch_list {
    struct redispatch_row *rows;
    size_t n;
    size_t capacity;
};

void redispatch_list_deinit(struct redispatch_list *list);

void redispatch_list_add(struct redispatch_list *list, const char *ticket_id,
                         const Dispatch__V1__TicketState *state,
                         const struct dispatch_plan *plan,
                         enum redispatch_verdict verdict, bool sent);

/* The counts, the moves from lead to lead, and the first tickets. `version` is
 * that of the catalogue in force. */
void redispatch_list_print(const struct redispatch_list *list,
                           const char *version);

/* The same as JSON lines: all tickets, then the counts. */
void redispatch_list_print_json(const struct redispatch_list *list,
                                const char *version);

#endif
