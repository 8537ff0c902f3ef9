/*
 * Which tickets another catalogue would send elsewhere: each is decided under
 * both, and what differs is counted. No I/O.
 */
#ifndef DISPATCHER_TICKET_REPLAY_H
#define DISPATCHER_TICKET_REPLAY_H

#include "catalogue.h"

#include <dispatch/v1/dispatch.pb-c.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct dispatch_plan;

/* One ticket that both catalogues have decided. Ids and rules lie in the
 * catalogues. */
struct replayed {
    int64_t timestamp_ms; /* of the record */
    char *ticket_id;      /* owned; NULL where nothing differs */
    const char *from;     /* the lead; "": nobody takes the ticket */
    const char *to;
    const char *from_rule; /* "": fallback */
    const char *to_rule;
    bool elsewhere; /* another lead */
    bool co;        /* other co-handlers */
    bool deadline;  /* the same departments, but another due time */
};

/* The tickets that were replayed. Start from {.before = ..., .after = ...}. */
struct ticket_replay {
    const struct catalogue *before;
    const struct catalogue *after;
    struct replayed *items;
    size_t n;
    size_t capacity;
};

/* How many tickets would move from one lead to another. */
struct replay_move {
    const char *from; /* "": nobody */
    const char *to;
    size_t tickets;
};

void ticket_replay_deinit(struct ticket_replay *r);

/* Forgets the tickets. */
void ticket_replay_clear(struct ticket_replay *r);

/* Decides a checked event of kind `created`, whose record has this
 * timestamp. */
void ticket_replay_add(struct ticket_replay *r,
                       const Dispatch__V1__TicketEvent *event,
                       int64_t timestamp_ms);

/* Keeps the `n` tickets with the latest timestamps, oldest first. */
void ticket_replay_keep(struct ticket_replay *r, size_t n);

/* The moves between leads, most frequent first; *n of them, never NULL. Free
 * with free(). */
struct replay_move *ticket_replay_moves(const struct ticket_replay *r,
                                        size_t *n);

#endif
